"""`keydeck people offboarding`: what becomes of the keys that somebody who left may know."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import standard_input
from console.commands.ending import NotAgreed, asks, ends
from console.commands.ending_keys import ask_to_revoke, ask_to_rotate
from console.commands.hand_over import Sink, hand_over, sink, sink_options
from console.commands.in_force import report, wait
from console.commands.line import Line
from console.commands.options import common, end_older_option
from console.commands.output import document, say, table

if TYPE_CHECKING:
    from store.offboarding import KnownKey, Offboarding
    from store.opening import Store
    from store.people import Actor
    from store.service.taking import Commit


@click.group()
def offboarding() -> None:
    """Decide about the keys that somebody who left may know: rotate, revoke or keep each.

    Any admin goes on where another stopped. The last decision closes the record.
    """


@offboarding.command("list")
@click.option("--all", "all_of_them", is_flag=True, help="Those that are closed, too.")
@common
def list_(line: Line, all_of_them: bool) -> None:
    """List who left keys behind that wait for a decision."""
    from console.text.times import ago
    from store.times import rfc3339, rfc3339_or_none

    store, actor = line.signed_in()
    found = store.offboardings.all(actor, open_only=not all_of_them)
    if line.json:
        document(
            [
                {
                    "id": one.id,
                    "email": one.email,
                    "name": one.name,
                    "started_at": rfc3339(one.started_at),
                    "finished_at": rfc3339_or_none(one.finished_at),
                    "keys": one.total,
                    "waiting": one.waiting,
                }
                for one in found
            ]
        )
        return
    if not found:
        say("Nobody left keys behind." if all_of_them else "No decision is waiting.")
        return
    now = store.clock.now()
    table(
        ("E-MAIL", "NAME", "LEFT", "KEYS", "TO DECIDE", "CLOSED"),
        [
            (
                one.email,
                one.name,
                ago(one.started_at, now),
                f"{one.total:,}",
                f"{one.waiting:,}",
                ago(one.finished_at, now) if one.finished_at else "no",
            )
            for one in found
        ],
    )


@offboarding.command()
@click.argument("email")
@click.option("--markdown", metavar="FILE", help="Write the record for a ticket there; - prints.")
@common
def show(line: Line, email: str, markdown: str | None) -> None:
    """Show the keys somebody may know, how, since when, their use, and what was decided."""
    store, actor = line.signed_in()
    theirs = store.offboardings.show(actor, email)
    if markdown is not None:
        _write(line, store, actor, theirs, markdown)
    elif line.json:
        document(offboarding_object(theirs, store.clock.now()))
    else:
        print_keys(store, theirs)
        how_to_go_on(theirs, store.clock.now())


@offboarding.command()
@click.argument("email")
@click.argument("key")
@click.option("--reason", required=True, help="Why it may go on as it is.")
@common
def keep(line: Line, email: str, key: str, reason: str) -> None:
    """Let a key go on as it is."""
    store, actor = line.signed_in()
    _said(line, store, store.offboardings.keep(actor, email, key, reason), f"{key} is kept.")


@offboarding.command()
@click.argument("email")
@click.argument("key")
@click.option("--reason", help="For its history. [default: that they left]")
@ends
@common
def revoke(line: Line, email: str, key: str, reason: str | None) -> None:
    """Revoke a key for good, and wait until no verifier lets it in."""
    store, actor = line.signed_in()
    meant = store.offboardings.meant(actor, email, key).key
    key_id = ask_to_revoke(line, store, actor, meant.id)
    with store.in_force.noting() as commits:
        theirs = store.offboardings.revoke(actor, email, key_id, reason)
    _said(line, store, theirs, f"“{meant.name}” is revoked.", commits)


@offboarding.command()
@click.argument("email")
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
    length = None if overlap is None else _length(overlap)
    store, actor = line.signed_in()
    rotate_one(line, store, actor, email, key, length, into, end_older=end_older)
    if not line.json:
        how_to_go_on(store.offboardings.show(actor, email), store.clock.now())


def rotate_one(
    line: Line,
    store: "Store",
    actor: "Actor",
    reference: str | int,
    key: str,
    overlap: "Length | None",
    into: Sink | None,
    *,
    end_older: bool = False,
) -> None:
    """Rotate one of the keys, hand the new one over and write the decision down.

    `reference` is the offboarding's id, or an e-mail. Without an `overlap` it is asked for at a
    terminal; there is none for a key that was never used.
    """
    from store.errors import NotReplaced, SuccessorNotStored

    known = store.offboardings.meant(actor, reference, key)
    try:
        theirs = store.offboardings.rotated(actor, reference, known.key.id)
    except (NotReplaced, SuccessorNotStored) as refusal:
        with store.in_force.noting() as commits:
            if isinstance(refusal, SuccessorNotStored):
                name = known.key.name
                say(f"“{name}” was rotated, but nobody stored the new key: it is made anew.")
                made = store.rotations.again(actor, known.key.id)
            else:
                length = overlap or _asked_length(line, store, known)
                key_id, may_end = ask_to_rotate(
                    line, store, actor, known.key.id, None, end_older=end_older
                )
                made = store.rotations.rotate(
                    actor, key_id, overlap_ms=length.milliseconds, end_older=may_end
                )
        old, new = (f"{store.prefix}_{one.id}" for one in (made.predecessor, made.successor))
        way_out = f"{old} works on, and nobody has {new}: say it once more for another."
        hand_over(line, store, actor, made.successor, made.secret, into, way_out)
        store.keys.confirm(actor, made.successor.id)
        store.offboardings.rotated(actor, reference, known.key.id)
        wait(store, commits, silent=line.json)
    else:
        said = f"“{known.key.name}” was rotated already: now it is decided."
        report(line, store, (), said, offboarding_object(theirs, store.clock.now()))


@dataclass(frozen=True, slots=True)
class Length:
    """How long a leaver's copy works beside the new key: milliseconds, or None for open."""

    milliseconds: int | None


def _length(text: str) -> Length:
    from store.rotation import NO_OVERLAP
    from store.times import duration

    if text in ("none", "open"):
        return Length(NO_OVERLAP if text == "none" else None)
    return Length(duration(text, "overlap"))


def _asked_length(line: Line, store: "Store", known: "KnownKey") -> Length:
    """Return how long a key that a leaver knows is to work on: whoever is there is asked."""
    from console.text import key_words
    from store.errors import Invalid
    from store.rotation import DEFAULT_OVERLAP, NO_OVERLAP

    key, now = known.key, store.clock.now()
    if key.last_used_at is None:
        say(f"“{key.name}” was never used, so the copy they know stops at once.")
        return Length(NO_OVERLAP)
    if not asks(line):
        return Length(DEFAULT_OVERLAP)
    question = (
        f"“{key.name}”: how long does the copy they know work on? (none, 1h, 24h, 7d, open): "
    )
    while True:
        typed = standard_input.answer(question, key_words.use(key, known.traffic, now) + ".")
        if not typed:
            raise NotAgreed
        try:
            return _length(typed)
        except Invalid as error:
            say(str(error))


@offboarding.command()
@click.argument("email")
@common
def resume(line: Line, email: str) -> None:
    """Ask at the terminal about each key that still waits."""
    from console.commands.offboarding_walk import walk

    if line.json or not standard_input.is_terminal():
        raise click.UsageError("It asks at a terminal. Else use rotate, revoke and keep.")
    store, actor = line.signed_in()
    walk(line, store, actor, store.offboardings.show(actor, email))


@offboarding.command()
@click.argument("email")
@common
def finish(line: Line, email: str) -> None:
    """Close the record where what was left to decide has ended by itself."""
    store, actor = line.signed_in()
    _said(line, store, store.offboardings.finish(actor, email), "Nothing is left to decide.")


def print_keys(store: "Store", theirs: "Offboarding") -> None:
    """Print the keys of an offboarding, one a line."""
    from console.text import key_words
    from console.text.offboarding_words import outcome
    from console.text.times import ago

    now = store.clock.now()
    table(
        ("KEY", "ID", "KNOWN", "SINCE", "USE", "DECISION"),
        [
            (
                one.key.name,
                f"{store.prefix}_{one.key.id}",
                key_words.ways(one.ways),
                ago(one.since, now),
                key_words.use(one.key, one.traffic, now),
                outcome(one, now, store.prefix),
            )
            for one in theirs.keys
        ],
    )


def how_to_go_on(theirs: "Offboarding", now: int) -> None:
    """Say what is left to decide, and how, and until when they can use what they know."""
    from console.text.offboarding_words import still_working

    left = len(theirs.waiting(now))
    if theirs.finished_at is not None:
        if works := still_working(theirs, now):
            say(works)
        say(f"All is decided. The record: keydeck people offboarding show {theirs.email}")
    elif left:
        noun = "key waits" if left == 1 else "keys wait"
        say(f"{left:,} {noun} for a decision: rotate, revoke or keep each.")
        say(f"keydeck people offboarding rotate|revoke|keep {theirs.email} KEY")
    else:
        say(f"Nothing is left to decide: keydeck people offboarding finish {theirs.email}")


def offboarding_object(theirs: "Offboarding", now: int) -> dict[str, Any]:
    """Return an offboarding as JSON has it; times are RFC 3339 UTC, null where none."""
    from store.times import rfc3339, rfc3339_or_none

    keys = []
    for one in theirs.keys:
        decided = one.decided
        keys.append(
            {
                "id": one.key.id,
                "name": one.key.name,
                "state": one.key.state(now).value,
                "known": [way.value for way in one.ways],
                "since": rfc3339(one.since),
                "expires_at": rfc3339_or_none(one.key.expires_at),
                "last_used_at": rfc3339_or_none(one.key.last_used_at),
                "last_address": one.traffic.last_address,
                "allowed_last_hour": one.traffic.allowed,
                "refused_last_hour": one.traffic.refused,
                "decision": decided.what.value if decided else None,
                "unstored_successor": one.unstored,
                "reason": decided.reason if decided else None,
                "successor": decided.successor if decided else None,
                "decided_at": rfc3339(decided.at) if decided else None,
                "decided_by": decided.by if decided else None,
            }
        )
    return {
        "id": theirs.id,
        "email": theirs.email,
        "name": theirs.name,
        "started_at": rfc3339(theirs.started_at),
        "started_by": theirs.started_by,
        "finished_at": rfc3339_or_none(theirs.finished_at),
        "finished_by": theirs.finished_by,
        "waiting": len(theirs.waiting(now)),
        "keys": keys,
    }


def _said(
    line: Line,
    store: "Store",
    theirs: "Offboarding",
    sentence: str,
    commits: "Sequence[Commit]" = (),
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
