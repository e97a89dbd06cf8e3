"""`keydeck keys start`, `keys expire` and `keys extend`: from when and until when a key works."""

from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_shorten
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import common, either_side
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.store import Store

_at = click.option("--at", "at", metavar="WHEN", help="2027-01-31 or 2027-01-31T08:00:00Z.")
_in = click.option("--in", "length", metavar="LENGTH", help="So long from now, such as 30d.")
_reference = click.argument("reference", metavar="ID", shell_complete=completing.keys)


@click.command()
@_reference
@_at
@_in
@click.option("--now", "at_once", is_flag=True, help="It works from now on.")
@common
def start(line: Line, reference: str, at: str | None, length: str | None, at_once: bool) -> None:
    """Let a key that has not begun to work begin at another time.

    keydeck keys start Billing --at 2027-01-31

    A date is the start of that day in UTC. It belongs to the key and to its successors. One that
    works already is refused for a while with keydeck stop.
    """
    from console.text.key_fields import key_object
    from console.text.sentences import when
    from store.domain.times import beginning

    given = [one for one in (at, length) if one is not None]
    if len(given) + at_once != 1:
        raise click.UsageError("Say one of --at, --in and --now.")
    store, actor = line.signed_in()
    now = store.clock.now()
    instant = None if at_once else beginning(given[0], now)
    before = store.keys.show(actor, reference)
    key, commits = store.restrictions.begin_at(actor, before.id, instant).unpack()
    works = "at once" if key.not_before is None else f"from {when(key.not_before, now)}"
    sentence = f"“{key.name}” ({store.prefix}_{key.id}) works {works}."
    report(line, store, commits, sentence, key_object(key, now))


@click.command()
@_reference
@_at
@_in
@click.option("--dry-run", is_flag=True, help="Only say who would be cut off by then.")
@ends
@common
@either_side
def expire(line: Line, reference: str, at: str | None, length: str | None, dry_run: bool) -> None:
    """Move the end of an active key, sooner or later, knowing who uses it.

    keydeck keys expire Zapier --in 7d --dry-run

    A date is the end of that day in UTC. A successor gets as long a life, from then on. One that
    has expired stays so. keys extend --expires does the same.
    """
    given = [one for one in (at, length) if one is not None]
    if len(given) != 1:
        raise click.UsageError("Say --at or --in.")
    _move(line, reference, given[0], dry_run=dry_run)


@click.command()
@_reference
@click.option("--expires", required=True, metavar="WHEN", help="90d, 2027-01-31 or never.")
@ends
@common
@either_side
def extend(line: Line, reference: str, expires: str) -> None:
    """Move the expiry of an active key, to a later date or a sooner one.

    One that has expired stays so.
    """
    _move(line, reference, expires, dry_run=False)


def _move(line: Line, reference: str, when: str, *, dry_run: bool) -> None:
    from console.text import sentences
    from console.text.key_fields import key_object
    from store.domain import times
    from store.errors import KeydeckError

    store, actor = line.signed_in()
    now = store.clock.now()
    instant = times.expiry(when, now)
    if dry_run:
        _foretell(line, store, actor, reference, instant)
        return
    try:
        before = store.keys.show(actor, reference).expires_at
    except KeydeckError:
        # What is wrong with it, the change itself says.
        before = instant
    meant, seen = ask_to_shorten(line, store, actor, reference, instant)
    key, commits = store.keys.extend(actor, meant, instant, seen=seen).unpack()
    sooner = sentences.shortened(before, key.expires_at)
    what = "shortened" if sooner else "extended"
    sentence = (
        f"“{key.name}” ({store.prefix}_{key.id}) is {what}. "
        f"{sentences.expires(key.expires_at, now)}{sooner}"
    )
    report(line, store, commits, sentence, key_object(key, now))


def _foretell(
    line: Line, store: "Store", actor: "Actor", reference: str, instant: int | None
) -> None:
    from console.commands.foreseeing import foreseen_object
    from console.text import restriction_words
    from console.text.safe import safe
    from store.domain.times import rfc3339_or_none, sooner

    key = store.keys.show(actor, reference)
    found, now = store.restrictions.foresee_end(actor, key.id), store.clock.now()
    ends_sooner = sooner(instant, key.expires_at)
    sentence = restriction_words.cut_off(found, now) if ends_sooner else restriction_words.LATER
    if line.json:
        ends = {"expires_at": rfc3339_or_none(instant), "before": rfc3339_or_none(key.expires_at)}
        if not ends_sooner:
            found = found.of_nobody()
        document(foreseen_object(key.id, ends, found, sentence))
        return
    for caller in restriction_words.refused(found, now) if ends_sooner else ():
        print(safe(caller))
    print(sentence)
