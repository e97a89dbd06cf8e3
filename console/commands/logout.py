"""`keydeck logout`: the end of what `keydeck login` began."""

from contextlib import suppress

import click

from console.commands.line import Line
from console.commands.login_file import LoginFile, here
from console.commands.options import for_operator
from console.commands.output import document, say
from store.errors import LoginUnsafe


@click.command()
@for_operator
def logout(line: Line) -> None:
    """End the login of this store; a copy of its file opens nothing either."""
    store = line.store()
    file = LoginFile(line.place(store))
    with file.alone():
        kept = None
        # What is no login is taken away as well.
        with suppress(LoginUnsafe):
            kept = file.read()
        ended = kept is not None and store.logins.end(kept.person_id, kept.presented(here()))
        file.remove()
    if line.json:
        document({"ended": ended})
    else:
        say("You are logged out." if ended else "Nobody was logged in here.")
