"""Going elsewhere: another workspace, other colours."""

from functools import partial
from typing import TYPE_CHECKING

from store.errors import EnrolmentInvalid, TooManyAttempts

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.key_string import Secret
    from store.domain.people import Actor, CameBy, Invitation
    from store.operations.store import Store


async def workspaces(app: "Host") -> None:
    """Choose one of this person's workspaces and go there."""
    from console.dialogs.choose import ChooseDialog

    actor = app.actor
    here = actor.workspace_id
    theirs = await app.in_store(lambda store: store.sign_in.theirs(actor))
    if [workspace.id for workspace in theirs] == [here]:
        app.say(f"{theirs[0].name} is your only workspace. ^p accepts an invitation to another.")
        return
    at = next((place for place, workspace in enumerate(theirs) if workspace.id == here), 0)
    chosen = await app.push_screen_wait(
        ChooseDialog(
            "Workspaces",
            [
                (
                    workspace.name,
                    f"{workspace.slug}, {workspace.plan.value}"
                    f"{', here' if workspace.id == here else ''}",
                )
                for workspace in theirs
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


async def accept(app: "Host") -> None:
    """Accept another workspace's invitation with its code, and go there."""
    from console.dialogs.confirm import ConfirmDialog
    from console.dialogs.invitation_code import InvitationCodeDialog
    from console.text.sentences import invitation

    actor, ascii_only = app.actor, app.options.ascii_only
    error: str | None = None
    while True:
        code = await app.push_screen_wait(InvitationCodeDialog(error, ascii_only=ascii_only))
        if code is None:
            return
        try:
            found = await app.in_store(partial(_look, actor=actor, code=code))
            break
        except (EnrolmentInvalid, TooManyAttempts) as refusal:
            error = str(refusal)
    dialog = ConfirmDialog(
        f"Join {found.workspace.name}",
        invitation(found),
        "Your password and your SSH key open it from then on, and W goes there.",
        verb="Accept",
        ascii_only=ascii_only,
    )
    if await app.push_screen_wait(dialog) is True:
        given = code
        app.signed_in(await app.in_store(lambda store: store.invitations.accept(actor, given)))


def _look(store: "Store", actor: "Actor", code: "Secret") -> "Invitation":
    return store.invitations.look(actor, code)


async def accept_as_guest(app: "Host", person_id: int, waiting: str) -> "Actor | None":
    """Return who accepts the invitation of whoever sshd let in; None where they cannot."""
    from console.dialogs.invitation_code import InvitationCodeDialog

    if app.options.read_only:
        return None
    message = waiting
    while True:
        code = await app.push_screen_wait(
            InvitationCodeDialog(message, ascii_only=app.options.ascii_only)
        )
        if code is None:
            return None
        try:
            return await app.in_store(
                partial(
                    _accept_by_ssh_key,
                    person_id=person_id,
                    code=code,
                    came_by=app.options.ssh_key,
                )
            )
        except (EnrolmentInvalid, TooManyAttempts) as refusal:
            message = str(refusal)


def _accept_by_ssh_key(
    store: "Store", person_id: int, code: "Secret", came_by: "CameBy | None"
) -> "Actor":
    return store.invitations.accept_by_ssh_key(person_id, code, came_by)


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
