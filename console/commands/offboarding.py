"""`keydeck people offboarding`: what becomes of the keys that somebody who left may know."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing, standard_input
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_revoke
from console.commands.hand_over import sink, sink_options
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.offboarding_steps import (
    how_to_go_on,
    length_of,
    offboarding_object,
    print_assistants,
    print_keys,
    rotate_one,
)
from console.commands.options import common, end_older_option
from console.commands.output import document, say
from console.commands.tables import Cell, Column

if TYPE_CHECKING:
    from store.domain.offboarding import Leaver, Offboarding
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.commits import Commit


@click.group(cls=Group)
def offboarding() -> None:
    """Decide about the keys that somebody who left may know: rotate, revoke or keep each.

    Any admin goes on where another stopped. The last decision closes the record.
    """


_LIST = Listing(Column("E-MAIL", whole=True), "NAME", "LEFT", "KEYS", "TO DECIDE", "CLOSED")


@offboarding.command("list")
@click.option("--all", "all_of_them", is_flag=True, help="Those that are closed, too.")
@_LIST.options
@common
def list_(line: Line, all_of_them: bool, shown: Shown) -> None:
    """List who left keys behind that wait for a decision."""
    store, actor = line.signed_in()
    now = store.clock.now()
    shown.print(
        line,
        store.offboardings.all(actor, open_only=not all_of_them),
        row=lambda leaver: _row(leaver, now),
        content=_leaver,
        nothing="Nobody left keys behind." if all_of_them else "No decision is waiting.",
    )


def _row(leaver: "Leaver", now: int) -> Row:
    from console.text.times import ago

    closed = ago(leaver.finished_at, now) if leaver.finished_at else "no"
    return (
        leaver.email,
        leaver.name,
        latest(ago(leaver.started_at, now), leaver.started_at),
        Cell(f"{leaver.total:,}", leaver.total),
        Cell(f"{leaver.waiting:,}", leaver.waiting),
        latest(closed, leaver.finished_at),
    )


def _leaver(leaver: "Leaver") -> dict[str, Any]:
    from store.domain.times import rfc3339, rfc3339_or_none

    return {
        "id": leaver.id,
        "email": leaver.email,
        "name": leaver.name,
        "started_at": rfc3339(leaver.started_at),
        "finished_at": rfc3339_or_none(leaver.finished_at),
        "keys": leaver.total,
        "waiting": leaver.waiting,
    }


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@click.option("--markdown", metavar="FILE", help="Write the record for a ticket there; - prints.")
@common
def show(line: Line, email: str, markdown: str | None) -> None:
    """Show the keys somebody may know, what was decided, and their assistants."""
    store, actor = line.signed_in()
    theirs = store.offboardings.show(actor, email)
    if markdown is not None:
        _write(line, store, actor, theirs, markdown)
    elif line.json:
        document(offboarding_object(theirs, store.clock.now()))
    else:
        print_keys(store, theirs)
        print_assistants(store, theirs)
        how_to_go_on(theirs, store.clock.now())


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@click.argument("key")
@click.option("--reason", required=True, help="Why it may go on as it is.")
@common
def keep(line: Line, email: str, key: str, reason: str) -> None:
    """Let a key go on as it is."""
    store, actor = line.signed_in()
    _said(line, store, store.offboardings.keep(actor, email, key, reason), f"{key} is kept.", ())


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@click.argument("key")
@click.option("--reason", help="For its history. [default: that they left]")
@ends
@common
def revoke(line: Line, email: str, key: str, reason: str | None) -> None:
    """Revoke a key for good, and wait until no verifier lets it in."""
    store, actor = line.signed_in()
    meant = store.offboardings.meant(actor, email, key).key
    key_id = ask_to_revoke(line, store, actor, meant.id)
    theirs, commits = store.offboardings.revoke(actor, email, key_id, reason).unpack()
    _said(line, store, theirs, f"“{meant.name}” is revoked.", commits)


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@click.argument("key")
@click.option(
    "--overlap",
    metavar="LENGTH",
    help="How long their copy works; none or open. [default: none if it was never used, else 7d]",
)
@end_older_option
@sink_options
@ends
@common
def rotate(
    line: Line,
    email: str,
    key: str,
    overlap: str | None,
    end_older: bool,
    to_command: str | None,
    to_file: str | None,
) -> None:
    """Give a key a successor, handed over as by keydeck keys rotate.

    One that was rotated since they left is only written down; where nobody stored the new key it
    is made anew. At a terminal it asks how long the key they know is to work beside the new one.
    """
    into = sink(to_command, to_file)
    length = None if overlap is None else length_of(overlap)
    store, actor = line.signed_in()
    rotate_one(line, store, actor, email, key, length, into, end_older=end_older)
    if not line.json:
        how_to_go_on(store.offboardings.show(actor, email), store.clock.now())


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@common
def resume(line: Line, email: str) -> None:
    """Ask at the terminal about each key that still waits."""
    from console.commands.offboarding_walk import walk

    if line.json or not standard_input.is_terminal():
        raise click.UsageError("It asks at a terminal. Else use rotate, revoke and keep.")
    store, actor = line.signed_in()
    walk(line, store, actor, store.offboardings.show(actor, email))


@offboarding.command()
@click.argument("email", shell_complete=completing.people)
@common
def finish(line: Line, email: str) -> None:
    """Close the record where what was left to decide has ended by itself."""
    store, actor = line.signed_in()
    _said(line, store, store.offboardings.finish(actor, email), "Nothing is left to decide.", ())


def _said(
    line: Line,
    store: "Store",
    theirs: "Offboarding",
    sentence: str,
    commits: "Sequence[Commit]",
) -> None:
    report(line, store, commits, sentence, offboarding_object(theirs, store.clock.now()))
    if not line.json:
        how_to_go_on(theirs, store.clock.now())


def _write(line: Line, store: "Store", actor: "Actor", theirs: "Offboarding", file: str) -> None:
    from console.clipboard.file_sink import write_text
    from console.text.offboarding_words import markdown

    workspace = store.sign_in.standing(actor).workspace.name
    text = markdown(theirs, workspace, store.clock.now(), store.prefix)
    if file == "-":
        sys.stdout.write(text)
        return
    write_text(text, Path(file))
    if line.json:
        document({"email": theirs.email, "markdown": file})
    else:
        say(f"The record is in {file}.")
