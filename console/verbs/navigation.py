"""Going elsewhere: another workspace, other colours."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.host import Host


async def workspaces(app: "Host") -> None:
    """Choose one of this person's workspaces and go there."""
    from console.dialogs.choose import ChooseDialog

    actor = app.actor
    here = actor.workspace_id
    theirs = await app.in_store(lambda store: store.sign_in.theirs(actor))
    if [one.id for one in theirs] == [here]:
        app.say(f"{theirs[0].name} is your only workspace.")
        return
    at = next((place for place, one in enumerate(theirs) if one.id == here), 0)
    chosen = await app.push_screen_wait(
        ChooseDialog(
            "Workspaces",
            [
                (one.name, f"{one.slug}, {one.plan.value}{', here' if one.id == here else ''}")
                for one in theirs
            ],
            at,
            ascii_only=app.options.ascii_only,
        )
    )
    if chosen is not None and theirs[chosen].id != here:
        await switch(app, theirs[chosen].slug)


async def switch(app: "Host", slug: str) -> None:
    """Go to another workspace, without signing in anew."""
    app.signed_in(await app.in_store(lambda store: store.sign_in.switch(app.actor, slug)))


async def themes(app: "Host") -> None:
    """Choose other colours."""
    from console.dialogs.choose import ChooseDialog
    from console.theme import SUITS, THEMES

    if app.few_colours():
        app.say("This terminal has sixteen colours or none: they are its own.")
        return
    names = list(THEMES)
    at = [theme.name for theme in THEMES.values()].index(app.theme)
    chosen = await app.push_screen_wait(
        ChooseDialog("Colours", list(SUITS.items()), at, ascii_only=app.options.ascii_only)
    )
    if chosen is not None:
        app.theme = THEMES[names[chosen]].name
        app.say(f"keydeck --theme {names[chosen]}, or KEYDECK_THEME, opens with it.")
