"""`keydeck keys start`, `keys expire` and `keys extend`: from when and until when a key works."""

import click

from console.commands import completing
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_shorten
from console.commands.foreseeing import end_evidence
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.many import (
    Change,
    change_found,
    change_keys,
    foretells,
    of_many,
    one_of,
)
from console.commands.options import common, either_side

_at = click.option("--at", "at", metavar="WHEN", help="2027-01-31 or 2027-01-31T08:00:00Z.")
_in = click.option("--in", "length", metavar="LENGTH", help="So long from now, such as 30d.")
_reference = click.argument(
    "reference", required=False, metavar="[ID]", shell_complete=completing.keys
)


@click.command()
@_reference
@_at
@_in
@click.option("--now", "at_once", is_flag=True, help="It works from now on.")
@of_many
@foretells
@common
def start(
    line: Line,
    reference: str | None,
    at: str | None,
    length: str | None,
    at_once: bool,
    text: str | None,
    dry_run: bool,
) -> None:
    """Let a key that has not begun to work begin at another time.

    keydeck keys start Billing --at 2027-01-31

    A date is the start of that day in UTC. It belongs to the key and to its successors. One that
    works already is refused for a while with keydeck stop.
    """
    from console.text.sentences import when
    from store.domain.times import beginning

    given = [one for one in (at, length) if one is not None]
    if len(given) + at_once != 1:
        raise click.UsageError("Say one of --at, --in and --now.")
    one_of(reference, text)
    store, actor = line.signed_in()
    now = store.clock.now()
    instant = None if at_once else beginning(given[0], now)
    works = "at once" if instant is None else f"from {when(instant, now)}"
    change = Change(
        lambda key: store.restrictions.begin_at(actor, key.id, instant),
        f"works {works}",
        f"work {works}",
    )
    change_keys(line, reference, text, change, lambda _: change.of_one, dry_run=dry_run)


@click.command()
@_reference
@_at
@_in
@of_many
@click.option("--dry-run", is_flag=True, help="Only say who would be cut off by then.")
@ends
@common
@either_side
def expire(
    line: Line,
    reference: str | None,
    at: str | None,
    length: str | None,
    text: str | None,
    dry_run: bool,
) -> None:
    """Move the end of an active key, sooner or later, knowing who uses it.

    keydeck keys expire Zapier --in 7d --dry-run

    keydeck keys expire --filter 'unused:>180d' --in 30d

    A date is the end of that day in UTC. A successor gets as long a life, from then on. One that
    has expired stays so. keys extend --expires does the same.
    """
    given = [one for one in (at, length) if one is not None]
    if len(given) != 1:
        raise click.UsageError("Say --at or --in.")
    one_of(reference, text)
    if text is None:
        _move(line, reference or "", given[0], dry_run=dry_run)
        return
    from console.text import sentences
    from store.domain import times

    store, actor = line.signed_in()
    now = store.clock.now()
    instant = times.expiry(given[0], now)
    expires = sentences.expires(instant, now).rstrip(".")
    expires = f"{expires[:1].lower()}{expires[1:]}"
    change = Change(
        lambda key: store.keys.extend(actor, key.id, instant),
        expires,
        expires.replace("expires", "expire"),
        "Move the end of {}?",
        lambda key: end_evidence(store, actor, key, instant),
    )
    change_found(line, store, actor, text, change, dry_run=dry_run)


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
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
        end_evidence(store, actor, store.keys.show(actor, reference), instant).show(line)
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
