"""`keydeck verifiers`: who answers requests, and whether all of them keep up."""

from typing import TYPE_CHECKING, Any

import click

from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say, table

if TYPE_CHECKING:
    from store.domain.verifier_processes import VerifierProcess


@click.command()
@common
def verifiers(line: Line) -> None:
    """List the verifiers that run, those in trouble first, and what to do about them.

    Lag is how many changes one has not applied to what it remembers; a lease is for how long it may
    remember anything. Without a lease each key is read anew. One that is gone, and in whose place
    another was started, is named with that one, and nothing need be done.

    Exit status: 0, also when one is behind or gone; see `state` and `advice` in --json.
    """
    from console.text import verifier_words as words

    store, actor = line.signed_in()
    found = store.verifiers.all(actor)
    advice = words.advice(found)
    if line.json:
        document([_object(one, advice.get(one.id)) for one in found])
        return
    if not found:
        say(words.NOBODY)
        return
    table(
        ("STATE", "HOST", "VERSION", "REQ/S", "REFUSED/S", "LAG", "LEASE", "SEEN"),
        [
            (
                words.badge(one).word,
                words.named(one),
                one.version,
                words.rate(one.requests_per_second),
                words.rate(one.refusals_per_second),
                words.lag(one),
                words.lease(one),
                words.seen(one),
            )
            for one in found
        ],
    )
    for sentence in advice.values():
        say(sentence)


def _object(one: "VerifierProcess", advice: str | None) -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "id": one.id,
        "host": one.host,
        "process": one.process,
        "version": one.version,
        "address": one.address,
        "started_at": rfc3339(one.started_at),
        "seen_at": rfc3339(one.seen_at),
        "requests_per_second": round(one.requests_per_second, 3),
        "refusals_per_second": round(one.refusals_per_second, 3),
        "requests": one.requests,
        "refusals": one.refusals,
        "revision": None if one.lease_ms is None else one.revision,
        "lag": one.lag,
        "lease_ms": one.lease_ms,
        "lease": one.lease.value if one.lease else None,
        "state": one.health.value,
        "advice": advice,
    }
