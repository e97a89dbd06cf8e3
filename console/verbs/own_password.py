"""Choosing another password for oneself."""

from functools import partial
from typing import TYPE_CHECKING

from store.errors import Invalid, PasswordWrong, TooManyAttempts

if TYPE_CHECKING:
    from console.dialogs.own_password import Passwords
    from console.host import Host
    from store.domain.people import Actor
    from store.operations.store import Store


async def change(app: "Host") -> None:
    """Ask for the password of now and for another one, until it is changed."""
    from console.dialogs.own_password import OwnPasswordDialog

    actor = app.actor
    error: str | None = None
    while True:
        given = await app.push_screen_wait(
            OwnPasswordDialog(error, ascii_only=app.options.ascii_only)
        )
        if given is None:
            return
        try:
            await app.in_store(partial(_change, actor=actor, given=given))
        except (Invalid, PasswordWrong, TooManyAttempts) as refusal:
            error = str(refusal)
        else:
            app.say("Your password is another one now. It ends what keydeck login began.")
            return


def _change(store: "Store", actor: "Actor", given: "Passwords") -> None:
    store.own_password.change(actor, given.present, given.chosen)
