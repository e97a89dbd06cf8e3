"""What would stop, said before somebody ends it. Pure; nothing here is made safe yet."""

from collections.abc import Sequence

from console.text import connection_words
from console.text.batches import in_use
from console.text.in_force_words import for_good
from console.text.key_words import held_by, succeeds, traffic
from console.text.rotation_words import decide, named
from console.text.sentences import shortened
from console.text.times import ago
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.scopes import Scopes, in_words
from store.service.connections import ConnectionDetails
from store.service.keys import Details
from store.service.operator import InUse
from store.service.people import Leaving
from store.service.rotation_progress import WatchedRotation

MOST_CALLERS = 3
"""Callers that are named."""


def key(details: Details, successor: Key | None, now: int, prefix: str) -> tuple[str, ...]:
    """Return what stops with a key, a line each: what it can, whose it is, its traffic."""
    told = [*_facts(details, now, prefix)]
    if successor is not None:
        told.append(("Successor", succeeds(successor, now, prefix)[1]))
    return (*_rows(told), for_good())


def narrowed(details: Details, removed: Scopes, now: int, prefix: str) -> tuple[str, ...]:
    """Return what a key can no longer do, and its traffic."""
    used = {one.scope: one.last_used_at for one in details.usage.scopes}
    taken = ", ".join(
        f"{one} ({f'used {ago(used[str(one)], now)}' if str(one) in used else 'never used'})"
        for one in sorted(removed)
    )
    return _rows([*_facts(details, now, prefix), ("Takes away", taken)])


def sooner(
    details: Details, before: int | None, after: int | None, now: int, prefix: str
) -> tuple[str, ...]:
    """Return what ends sooner than it would have, and its traffic."""
    return (*_rows(_facts(details, now, prefix)), shortened(before, after).strip())


def older(details: Details, now: int, prefix: str) -> tuple[str, ...]:
    """Return what stops with the older key of a successor, and its traffic."""
    return _rows(_facts(details, now, prefix))


def plan(found: InUse, now: int) -> tuple[str, ...]:
    """Return how many keys are refused from then on, and who uses them."""
    keys = f"{found.active:,} active keys" if found.active != 1 else "1 active key"
    if not found.used:
        return (f"{keys}, none of them used in the last day.",)
    latest = ", ".join(
        f"“{one.name}” {ago(one.last_used_at, now)}{f' by {by}' if by else ''}"
        for one, by in found.latest
    )
    return (f"{keys}, {found.used:,} of them used in the last day: {latest}.",)


def leaving(found: Leaving, now: int) -> tuple[str, ...]:
    """Return what becomes of a leaver's sign-in, of their assistants and of the keys they know."""
    told = ["Neither password nor SSH key lets them in here from then on."]
    if found.connections:
        names = ", ".join(
            f"“{one.name}” (last used {ago(one.last_used_at, now)})" for one in found.connections
        )
        told.append(f"Revoked with it, as they connected it: {names}.")
    if found.keys:
        keys = f"{len(found.keys):,} active keys" if len(found.keys) > 1 else "1 active key"
        told.append(f"They may know {keys}, to be decided about next. {in_use(found.keys, now)}")
    return tuple(told)


def rotation(watched: WatchedRotation, now: int) -> tuple[str, ...]:
    """Return how far a rotation has come, and who still calls with the old key."""
    decision = decide(watched, now)
    calling = ", ".join(named(one) for one in watched.still_calling(now)[:MOST_CALLERS])
    told = [("Old key", f"last used {ago(watched.old.key.last_used_at, now)}")]
    told.append(("New key", f"last used {ago(watched.new.key.last_used_at, now)}"))
    if calling:
        told.append(("Calling", calling))
    return (*_rows(told), f"{decision.sentence} {decision.then}".rstrip())


def connection(details: ConnectionDetails, now: int) -> tuple[str, ...]:
    """Return what stops with an assistant's connection."""
    one = details.connection
    return _rows(
        [
            ("Assistant", f"{one.name}, connection {one.id}"),
            ("Can", in_words(one.scopes)),
            ("Approved", one.approved_by),
            ("Traffic", connection_words.traffic(details, now)[1]),
        ]
    )


def _facts(details: Details, now: int, prefix: str) -> Sequence[tuple[str, str]]:
    one = details.key
    return (
        ("Key", f"{one.name}, {shown(prefix, one.id)}"),
        ("Can", in_words(one.scopes)),
        ("Held by", held_by(details)),
        ("Traffic", traffic(details, now)[1]),
    )


def _rows(told: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{label:<10} {said}" for label, said in told)
