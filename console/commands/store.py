"""`keydeck store`: upgrading, copying and checking the store. The operator's."""

from pathlib import Path

import click

from console.commands import exits
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say


@click.group()
def store() -> None:
    """Upgrade, back up and check the store."""


@store.command()
@common
def upgrade(line: Line) -> None:
    """Bring an older store to this keydeck. Make a backup first."""
    from store.opening import upgrade_store

    version = upgrade_store(line.address)
    if line.json:
        document({"schema_version": version})
    else:
        say(f"The store is at schema version {version}.")


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@common
def backup(line: Line, file: Path) -> None:
    """Copy the store to a new FILE while it is in use. The pepper is not in it."""
    from store.copying import back_up

    back_up(line.address, file)
    if line.json:
        document({"file": str(file.absolute())})
    else:
        say(f"{file} holds the store as it is now. The pepper is not in it: keep that apart.")


@store.command()
@common
def check(line: Line) -> int:
    """Check the store: its pages, its rules, its audit chains, its pepper. 1 is a finding."""
    from store.checking import check as check_store
    from store.errors import StoreUnusable
    from store.opening import default_pepper_path

    try:
        findings = check_store(line.address, pepper_path=default_pepper_path())
    except StoreUnusable as error:
        say(str(error))
        return exits.COULD_NOT_LOOK
    if line.json:
        document([one.sentence for one in findings])
    elif not findings:
        say("Nothing to say against this store.")
    for one in [] if line.json else findings:
        print(one.sentence)
    return exits.FAILED if findings else exits.DONE
