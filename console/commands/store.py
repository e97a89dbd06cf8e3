"""`keydeck store`: upgrading, copying, moving and checking the store. The operator's."""

from pathlib import Path

import click

from console.commands import exits
from console.commands.ending import NotAgreed, ask, asks, ends
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.options import for_operator, looks
from console.commands.output import document, progress, say
from console.commands.store_restore import restore
from console.commands.tables import table


@click.group(cls=Group)
def store() -> None:
    """Upgrade, back up and check the store."""


store.add_command(restore)


@store.command()
@click.option("--no-backup", is_flag=True, help="Keep no copy of it as it was.")
@ends
@for_operator
def upgrade(line: Line, no_backup: bool) -> None:
    """Bring an older store to this keydeck.

    A copy of it as it was is kept beside it. On PostgreSQL make one with pg_dump first. Ctrl+C
    stops it between two steps; the next upgrade goes on from there.
    """
    from store.errors import NoRoom
    from store.operations.open import steps_left
    from store.operations.upgrade import upgrade as upgrade_store

    if asks(line) and (steps := steps_left(line.address)):
        ask(
            line,
            "Upgrade the store?",
            f"{len(steps):,} steps, to schema version {steps[-1]}. An older keydeck cannot use it "
            "afterwards, and only the copy that is kept leads back.",
        )
    try:
        done = upgrade_store(line.address, progress("Upgrading"), backed_up=not no_backup)
    except NoRoom as error:
        raise NoRoom(error.place, error.needed, " Or say --no-backup.") from None
    except KeyboardInterrupt:
        say("")
        say("Stopped between two steps. The store is whole; upgrade again to go on.")
        raise
    if line.json:
        document({"schema_version": done.version, "backup": _named(done.backup)})
        return
    if done.backup is not None:
        say(f"{done.backup} is the store as it was.")
    say(f"The store is at schema version {done.version}.")


def _named(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@for_operator
def backup(line: Line, file: Path) -> None:
    """Copy the store to a new FILE while it is in use. The pepper is not in it.

    A store on PostgreSQL is backed up with pg_dump.
    """
    from store.operations.backup import back_up

    back_up(line.address, file)
    if line.json:
        document({"file": str(file.absolute())})
    else:
        say(f"{file} holds the store as it is now. The pepper is not in it: keep that apart.")


def _keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number:,} keys"


@store.command()
@ends
@for_operator
def confirm(line: Line) -> int:
    """Serve the keys of a restored store, once you have looked. 1 without your yes.

    So too of one that was set back by other means, or copied elsewhere and is to be taken back.
    Revoke those that must not work, in the console or with `keydeck keys revoke`, before you say
    yes.
    """
    from console.text.times import day
    from store.domain.key_string import shown
    from store.errors import StoreMoved
    from store.operations.move import take_back

    try:
        line.store()
    except StoreMoved as error:
        where = error.moved_to or "another place"
        sentence = (
            f"This store was moved to {where}: what was revoked there since is not revoked here."
        )
        ask(line, "Take it back?", sentence, unattended=False)
        take_back(line.address)
    opened = line.store()
    waiting = opened.operator.unconfirmed()
    found = [(workspace, key) for workspace, keys in waiting or [] for key in keys]
    if line.json:
        document(
            [
                {"workspace": workspace.slug, "id": key.id, "name": key.name}
                for workspace, key in found
            ]
        )
    elif waiting is None:
        say("Nothing waits to be confirmed.")
    else:
        table(
            ("WORKSPACE", "KEY", "NAME", "CREATED", "BY"),
            [
                (
                    workspace.slug,
                    shown(opened.prefix, key.id).removesuffix("…"),
                    key.name,
                    day(key.created_at),
                    key.created_by,
                )
                for workspace, key in found
            ],
        )
    if waiting is None:
        return exits.DONE
    try:
        ask(line, f"Serve {_keys(len(found))}?", unattended=False)
    except NotAgreed:
        say("Nothing is served yet.")
        return exits.FAILED
    opened.operator.confirm_restored()
    say(f"{_keys(len(found))} served again.")
    return exits.DONE


@store.command()
@for_operator
@looks
def check(line: Line) -> int:
    """Check the store's pages, rules, audit chains and pepper. 1 is a finding."""
    from store.operations.check import check as check_store
    from store.operations.open import default_pepper_path

    findings = check_store(line.address, pepper_path=default_pepper_path())
    if line.json:
        document([finding.sentence for finding in findings])
    elif not findings:
        say("Nothing to say against this store.")
    for finding in [] if line.json else findings:
        print(finding.sentence)
    return exits.FAILED if findings else exits.DONE


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--json", is_flag=True, help="One JSON document on standard output.")
@ends
@click.pass_obj
def copy(line: Line, source: str, target: str, json: bool) -> None:
    """Move the store at FROM to TO, on the same engine or another.

    FROM is marked at the end, and used no more: `keydeck store confirm` takes it back.

    keydeck store copy sqlite:////var/lib/keydeck/store.db postgresql+psycopg://keydeck@db/keydeck

    Interrupted, by whatever, the same command goes on from there, and takes over what was changed
    at FROM meanwhile. Nobody can use TO before every table was read again and compared. A password
    for the server is in ~/.pgpass or PGPASSWORD.
    """
    from store.operations.move import copy_store
    from store.operations.open import default_pepper_path

    for address in (source, target):
        line.take(url=address)
    ask(line, "Move the store?", "Nothing uses the old one afterwards, until it is taken back.")
    try:
        copied = copy_store(source, target, progress("Copying"))
    except KeyboardInterrupt:
        say("")
        say("Stopped. Nobody can use what is there yet; the same command goes on from there.")
        raise
    if json:
        document(
            [
                {"table": table_copy.table, "rows": table_copy.rows, "sha256": table_copy.digest}
                for table_copy in copied
            ]
        )
        return
    table(
        ("TABLE", "ROWS", "SHA-256"),
        [
            (table_copy.table, f"{table_copy.rows:,}", table_copy.digest[:16])
            for table_copy in copied
        ],
    )
    say("Every row was read again and is the same.")
    say(
        f"The pepper is not in a store. Copy {default_pepper_path()} by hand to each machine that "
        "verifies, with mode 0600, and name it in KEYDECK_PEPPER_FILE."
    )
    say(
        "Point KEYDECK_STORE at the new store and start the verifiers anew. The old store is "
        "marked as moved, and nothing uses it any more."
    )


@store.command()
@click.argument("part", type=click.Choice(["console", "verifier"]))
@click.argument("role")
def grants(part: str, role: str) -> None:
    """Print the SQL that lets ROLE be a console or a verifier on PostgreSQL.

    keydeck store grants verifier keydeck_verifier | psql keydeck

    Run it as the store's owner, and again after each upgrade.
    """
    from store.operations.grants import RolePurpose
    from store.operations.grants import grants as rights

    print(rights(RolePurpose(part), role), flush=True)
