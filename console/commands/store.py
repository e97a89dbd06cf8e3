"""`keydeck store`: upgrading, copying, moving and checking the store. The operator's."""

from pathlib import Path

import click

from console.commands import exits
from console.commands.ending import NotAgreed, ask, asks, ends
from console.commands.line import Line
from console.commands.options import common, looks
from console.commands.output import document, progress, say, table


@click.group()
def store() -> None:
    """Upgrade, back up and check the store."""


@store.command()
@ends
@common
def upgrade(line: Line) -> None:
    """Bring an older store to this keydeck. Make a backup first.

    Ctrl+C stops it between two steps; the next upgrade goes on from there.
    """
    from store.opening import steps_left, upgrade_store

    if asks(line) and (steps := steps_left(line.address)):
        ask(
            line,
            "Upgrade the store?",
            f"{len(steps):,} steps, to schema version {steps[-1]}. An older keydeck cannot use it "
            "afterwards, and only a backup leads back.",
        )
    try:
        version = upgrade_store(line.address, progress("Upgrading"))
    except KeyboardInterrupt:
        say("")
        say("Stopped between two steps. The store is whole; upgrade again to go on.")
        raise
    if line.json:
        document({"schema_version": version})
    else:
        say(f"The store is at schema version {version}.")


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@common
def backup(line: Line, file: Path) -> None:
    """Copy the store to a new FILE while it is in use. The pepper is not in it.

    A store on PostgreSQL is backed up with pg_dump.
    """
    from store.copying import back_up

    back_up(line.address, file)
    if line.json:
        document({"file": str(file.absolute())})
    else:
        say(f"{file} holds the store as it is now. The pepper is not in it: keep that apart.")


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@common
def restore(line: Line, file: Path) -> None:
    """Make the store what FILE holds, without reviving a key.

    What was revoked or ended since the backup stays so. People, roles and scopes are as they were
    at the backup: look through them. Where the store there was cannot be read, it is moved aside,
    and nothing is served until `keydeck store confirm`.
    """
    from store.opening import default_pepper_path
    from store.restoring import restore as restore_store

    done = restore_store(line.address, file, pepper_path=default_pepper_path())
    if line.json:
        document(
            {
                "carried_over": done.carried_over,
                "gone": done.gone,
                "waiting": done.waiting,
                "moved_to": None if done.moved_to is None else str(done.moved_to),
            }
        )
        return
    say(f"The store is what {file} holds.")
    if done.waiting:
        if done.moved_to is not None:
            say(f"What could not be read is kept as {done.moved_to}.")
        say(
            "Nobody knows which keys were revoked since, so none is served. "
            "Look at them with keydeck store confirm."
        )
        return
    say(f"Revoked or ended since the backup, and still so: {_keys(done.carried_over)}.")
    say(f"Made since the backup, and unknown now: {_keys(done.gone)}.")
    say("People, roles and scopes are the backup's. Look through them.")


def _keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number:,} keys"


@store.command()
@ends
@common
def confirm(line: Line) -> int:
    """Serve the keys of a restored store, once you have looked at them.

    Revoke those that must not work, in the console or with `keydeck keys revoke`, before you say
    yes.
    """
    from console.text.times import day
    from store.secrets import shown

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
@common
@looks
def check(line: Line) -> int:
    """Check the store: its pages, its rules, its audit chains, its pepper. 1 is a finding."""
    from store.checking import check as check_store
    from store.opening import default_pepper_path

    findings = check_store(line.address, pepper_path=default_pepper_path())
    if line.json:
        document([one.sentence for one in findings])
    elif not findings:
        say("Nothing to say against this store.")
    for one in [] if line.json else findings:
        print(one.sentence)
    return exits.FAILED if findings else exits.DONE


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--json", is_flag=True, help="One JSON document on standard output.")
@click.pass_obj
def copy(line: Line, source: str, target: str, json: bool) -> None:
    """Move the store at FROM to TO, on the same engine or another; FROM stays as it is.

    keydeck store copy sqlite:////var/lib/keydeck/store.db postgresql+psycopg://keydeck@db/keydeck

    Interrupted, by whatever, the same command goes on from there, and takes over what was changed
    at FROM meanwhile. Nobody can use TO before every table was read again and compared. A password
    for the server is in ~/.pgpass or PGPASSWORD.
    """
    from store.moving import copy_store
    from store.opening import default_pepper_path

    for address in (source, target):
        line.take(url=address)
    try:
        copied = copy_store(source, target, progress("Copying"))
    except KeyboardInterrupt:
        say("")
        say("Stopped. Nobody can use what is there yet; the same command goes on from there.")
        raise
    if json:
        document([{"table": one.table, "rows": one.rows, "sha256": one.digest} for one in copied])
        return
    table(
        ("TABLE", "ROWS", "SHA-256"),
        [(one.table, f"{one.rows:,}", one.digest[:16]) for one in copied],
    )
    say("Every row was read again and is the same.")
    say(
        f"The pepper is not in a store. Copy {default_pepper_path()} by hand to each machine that "
        "verifies, with mode 0600, and name it in KEYDECK_PEPPER_FILE."
    )
    say(
        "Point KEYDECK_STORE at the new store, start the verifiers anew, and take the old store "
        "away: what is revoked in one goes on working in the other."
    )


@store.command()
@click.argument("part", type=click.Choice(["console", "verifier"]))
@click.argument("role")
def grants(part: str, role: str) -> None:
    """Print the SQL that lets ROLE be a console or a verifier of a store on PostgreSQL.

    keydeck store grants verifier keydeck_verifier | psql keydeck

    Run it as the store's owner, and again after each upgrade.
    """
    from store.grants import Part
    from store.grants import grants as rights

    print(rights(Part(part), role), flush=True)
