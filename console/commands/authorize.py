"""`keydeck people authorize`: the line that lets an SSH key in, for a file of sshd's."""

from pathlib import Path

import click

from console.commands import authorized_keys, forced_command, standard_input
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say
from store.domain.ssh_keys import public_key
from store.errors import Invalid


@click.command()
@click.argument("email")
@click.option(
    "--ssh-key",
    "--key",
    "key_file",
    metavar="FILE",
    help="Their public SSH key; else standard input.",
)
@click.option(
    "--install",
    is_flag=True,
    help="Add the line to ~/.ssh/authorized_keys of the account that runs this.",
)
@forced_command.access_options
@common
def authorize(
    line: Line,
    email: str,
    key_file: str | None,
    install: bool,
    no_console: bool,
    looks_only: bool,
) -> None:
    """The operator's: the authorized_keys line that lets an SSH key into the console.

    keydeck people authorize bob@example.com --ssh-key bob.pub --install

    The key opens the console as that person, and runs commands as them: ssh keydeck@host keys list.
    Without --install the line is printed, for ~/.ssh/authorized_keys of the account that owns the
    store.
    """
    from store.operations.open import default_pepper_path

    store = line.store()
    person_id = store.operator.person_id(email, line.slug)
    key = public_key(text_of(key_file))
    forced = forced_command.words(
        forced_command.address(store),
        default_pepper_path(),
        person_id,
        workspace=line.slug,
        no_console=no_console,
        looks_only=looks_only,
    )
    entry = authorized_keys.line(forced, key)
    added = authorized_keys.install(entry, key, Path.home()) if install else None
    if line.json:
        content = {"email": email, "person_id": person_id, "authorized_keys": entry}
        document({**content, "added_to": str(added) if added else None})
    elif not install:
        print(entry, flush=True)
    elif added:
        say(f"{email} can log in with this SSH key: added to {added}.")
    else:
        say(f"{email} can log in with this SSH key already: nothing was added.")


def text_of(file: str | None) -> str:
    """Return what a file, or standard input, has of an SSH key. Raises Invalid."""
    try:
        return Path(file).read_text() if file else standard_input.text("key")
    except (OSError, UnicodeDecodeError):
        raise Invalid("key", f"{file} cannot be read. Name a public key file.") from None
