"""`keydeck verifiers`: who answers requests, whether all keep up, and who is gone for good."""

from typing import TYPE_CHECKING, Any

import click

from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import common
from console.commands.output import documents, say
from console.commands.tables import Cell, Column

if TYPE_CHECKING:
    from store.domain.verifier_processes import VerifierProcess


_LIST = Listing(
    "STATE",
    Column("HOST", whole=True),
    Column("ADDRESS", whole=True),
    "REQ/S",
    "REFUSED/S",
    "LAG",
    "LEASE",
    "SEEN",
    Column("VERSION", extra=True),
)


@click.group(cls=Group, invoke_without_command=True)
@_LIST.options
@common
@click.pass_context
def verifiers(context: click.Context, line: Line, shown: Shown) -> None:
    """List the verifiers that run, those in trouble first, and what to do about them.

    Lag is how many changes one has not applied to what it remembers; a lease is for how long it may
    remember anything. Without a lease each key is read anew. One that is gone, and in whose place
    another was started, is named with that one, and nothing need be done.

    Exit status: 0, also when one is behind or gone; see `state` and `advice` in --json.
    """
    if context.invoked_subcommand is None:
        _print(line, shown)


@verifiers.command()
@click.argument("reference", metavar="HOST|ID")
@common
def forget(line: Line, reference: str) -> None:
    """Take a verifier that is gone off the list; of a host all that are gone there.

    keydeck verifiers forget web-2

    It changes nothing for any key. One that was only silent comes back by itself.

    Exit status: 4 where there is none, 5 where it is not gone.
    """
    from console.text import verifier_words as words

    store, actor = line.signed_in()
    forgotten = store.verifiers.forget(actor, reference)
    if line.json:
        documents(_object(one, None) for one in forgotten)
    else:
        say(words.forgotten(forgotten))


def _print(line: Line, shown: Shown) -> None:
    from console.text import verifier_words as words

    store, actor = line.signed_in()
    found = store.verifiers.all(actor)
    advice = words.advice(found)
    there = shown.print(
        line,
        found,
        row=_row,
        content=lambda verifier: _object(verifier, advice.get(verifier.id)),
        nothing=words.NOBODY,
    )
    if there and not line.json:
        for sentence in advice.values():
            say(sentence)


def _row(verifier: "VerifierProcess") -> Row:
    from console.text import verifier_words as words

    return (
        words.badge(verifier),
        verifier.name,
        words.place(verifier),
        Cell(words.rate(verifier.requests_per_second), verifier.requests_per_second),
        Cell(words.rate(verifier.refusals_per_second), verifier.refusals_per_second),
        Cell(words.lag(verifier), verifier.lag),
        Cell(words.lease(verifier), verifier.lease_ms),
        Cell(words.seen(verifier), verifier.seen_ms_ago),
        verifier.version,
    )


def _object(verifier: "VerifierProcess", advice: str | None) -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "id": verifier.id,
        "host": verifier.host,
        "process": verifier.process,
        "version": verifier.version,
        "address": verifier.address,
        "started_at": rfc3339(verifier.started_at),
        "seen_at": rfc3339(verifier.seen_at),
        "requests_per_second": round(verifier.requests_per_second, 3),
        "refusals_per_second": round(verifier.refusals_per_second, 3),
        "requests": verifier.requests,
        "refusals": verifier.refusals,
        "revision": None if verifier.lease_ms is None else verifier.revision,
        "lag": verifier.lag,
        "lease_ms": verifier.lease_ms,
        "lease": verifier.lease.value if verifier.lease else None,
        "state": verifier.health.value,
        "advice": advice,
    }
