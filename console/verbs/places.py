"""Going elsewhere: another workspace, other colours."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.app import KeydeckApp


async def workspaces(app: "KeydeckApp") -> None:
    """Choose one of this person's workspaces and go there."""
    from console.dialogs.choose import ChooseDialog

    theirs = await app.in_store(lambda store: store.sign_in.theirs(app.actor))
    at = [one.id for one in theirs].index(app.actor.workspace_id)
    chosen = await app.push_screen_wait(
        ChooseDialog(
            "Workspaces",
            [(one.name, f"{one.slug}, {one.plan.value}") for one in theirs],
            at,
            ascii_only=app.opening.ascii_only,
        )
    )
    if chosen is not None and chosen != at:
        await switch(app, theirs[chosen].slug)


async def switch(app: "KeydeckApp", slug: str) -> None:
    """Go to another workspace, without signing in anew."""
    app.signed_in(await app.in_store(lambda store: store.sign_in.switch(app.actor, slug)))


async def themes(app: "KeydeckApp") -> None:
    """Choose other colours."""
    from console.dialogs.choose import ChooseDialog
    from console.theme import SUITS, THEMES

    names = list(THEMES)
    at = [theme.name for theme in THEMES.values()].index(app.theme)
    chosen = await app.push_screen_wait(
        ChooseDialog("Colours", list(SUITS.items()), at, ascii_only=app.opening.ascii_only)
    )
    if chosen is not None:
        app.theme = THEMES[names[chosen]].name
        app.say(f"keydeck --theme {names[chosen]}, or KEYDECK_THEME, opens with it.")
