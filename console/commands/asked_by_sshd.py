"""`keydeck authorized-keys`: what sshd itself asks, for each key that a client offers.

So nothing is loaded here that it does not need, such as lists.
"""

from typing import TYPE_CHECKING

import click

from console.commands import authorized_keys as file_of_sshd
from console.commands import exits, forced_command
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.ssh_keys import SshKey
    from store.operations.store import Store


@click.command("authorized-keys")
@click.argument("fingerprint", metavar="SHA256:…")
@for_operator
def authorized_keys(line: Line, fingerprint: str) -> int:
    """Print the line for an SSH key, for sshd's AuthorizedKeysCommand.

    1 where it lets nobody in. See keydeck help ssh.
    """
    store = line.store()
    key = store.ssh_keys.opens(fingerprint)
    if line.json:
        document({"fingerprint": fingerprint, "authorized_keys": _entry(line, store, key)})
    elif key is not None:
        print(_entry(line, store, key), flush=True)
    return exits.FAILED if key is None else exits.DONE


def _entry(line: Line, store: "Store", key: "SshKey | None") -> str | None:
    from store.operations.open import default_pepper_path

    if key is None:
        return None
    forced = forced_command.words(
        store,
        line.pepper_path or default_pepper_path(),
        key.person_id,
        no_console=not key.console,
        looks_only=key.looks_only,
        by_key=key.fingerprint,
    )
    return file_of_sshd.line(forced, key.public, terminal=key.console)
