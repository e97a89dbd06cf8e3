"""`keydeck authorized-keys`: what sshd itself asks, for each key that a client offers.

So nothing is loaded here that it does not need, such as lists; where the store is as usual, not
even what the use cases stand on.
"""

import click

from console.commands import authorized_keys as file_of_sshd
from console.commands import forced_command
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document


@click.command("authorized-keys")
@click.argument("fingerprint", metavar="SHA256:…")
@for_operator
def authorized_keys(line: Line, fingerprint: str) -> None:
    """Print the line for an SSH key, for sshd's AuthorizedKeysCommand.

    Nothing where it lets nobody in: sshd logs any other exit status than 0 as a failure, and asks
    for every key that a client offers. See keydeck help ssh.
    """
    entry = _entry(line, fingerprint)
    if line.json:
        document({"fingerprint": fingerprint, "authorized_keys": entry})
    elif entry is not None:
        print(entry, flush=True)


def _entry(line: Line, fingerprint: str) -> str | None:
    from store.operations.as_usual import NotAsUsual
    from store.operations.places import default_pepper_path, default_url
    from store.operations.ssh_entry import opens

    pepper_path = line.pepper_path or default_pepper_path()
    try:
        address, key = opens(line.address or default_url(), pepper_path, fingerprint)
    except NotAsUsual:
        store = line.store()
        key = store.ssh_keys.opens(fingerprint)
        address = forced_command.address(store) if key else ""
    if key is None:
        return None
    forced = forced_command.words(
        address,
        pepper_path,
        key.person_id,
        no_console=not key.console,
        looks_only=key.looks_only,
        came_by=key.came_by,
    )
    return file_of_sshd.line(forced, key.public)
