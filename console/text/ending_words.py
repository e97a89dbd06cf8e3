"""What would stop, said before somebody ends it. Pure; nothing here is made safe yet."""

from collections.abc import Mapping, Sequence

from console.text import connection_words
from console.text.batches import in_use
from console.text.in_force_words import for_good
from console.text.key_words import held_by, succeeds, traffic
from console.text.rotation_words import decide, named
from console.text.sentences import shortened
from console.text.times import ago
from store.domain.connections import Connection
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.scopes import Scopes, in_words
from store.domain.usage import ToolUse
from store.service.connections import ConnectionDetails
from store.service.in_use import InUse
from store.service.keys import Details
from store.service.people import MOST_TOLD, Leaving
from store.service.rotation_progress import WatchedRotation

MOST_CALLERS = 3
"""Callers that are named."""
MOST_CALLED = 2
"""Tools that are named, of each assistant."""


def key(details: Details, successor: Key | None, now: int, prefix: str) -> tuple[str, ...]:
    """Return what stops with a key, a line each: what it can, whose it is, its traffic."""
    fields = [*_facts(details, now, prefix)]
    if successor is not None:
        fields.append(("Successor", succeeds(successor, now, prefix)[1]))
    return (*_rows(fields), for_good())


def narrowed(details: Details, removed: Scopes, now: int, prefix: str) -> tuple[str, ...]:
    """Return what a key can no longer do, and its traffic."""
    used = {use.scope: use.last_used_at for use in details.usage.scopes}
    taken = ", ".join(
        f"{scope} ({f'used {ago(used[str(scope)], now)}' if str(scope) in used else 'never used'})"
        for scope in sorted(removed)
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
    keys = active_keys(found)
    keys = f"{keys[0].upper()}{keys[1:]}"
    if found.more:
        keys += "; of those that were looked at,"
        none, some = "none was used", f"{found.used:,} {'was' if found.used == 1 else 'were'} used"
    else:
        keys += ","
        none, some = "none of them used", f"{found.used:,} of them used"
    if not found.used:
        return (f"{keys} {none} in the last day.",)
    latest = ", ".join(
        f"“{used.name}” {ago(used.last_used_at, now)}{f' by {by}' if by else ''}"
        for used, by in found.latest
    )
    return (f"{keys} {some} in the last day: {latest}.",)


def active_keys(found: InUse) -> str:
    """Return how many active keys there are, as part of a sentence."""
    keys = "1 active key" if found.active == 1 else f"{found.active:,} active keys"
    return f"more than {keys}" if found.more else keys


def leaving(found: Leaving, now: int) -> tuple[str, ...]:
    """Return what becomes of a leaver's sign-in, of their assistants and of the keys they know."""
    sentences = ["Neither password nor SSH key lets them in here from then on."]
    if found.connections:
        sentences.append(assistants(found.connections, found.called, now))
    if found.keys:
        keys = f"{len(found.keys):,} active keys" if len(found.keys) > 1 else "1 active key"
        sentences.append(
            f"They may know {keys}, to be decided about next. {in_use(found.keys, now)}"
        )
    return tuple(sentences)


def assistants(
    ending: Sequence[Connection], called_by: Mapping[str, Sequence[ToolUse]], now: int
) -> str:
    """Return which assistants end with somebody's leaving, and what those did; none says nothing.

    `called_by` is what the first of them called, by their ids.

    “Revoked with the membership, as they connected it: “Claude” (called list_events; last used
    3 m ago).”
    """
    named = []
    for one in ending[:MOST_TOLD]:
        tools = sorted(called_by[one.id], key=lambda use: -use.last_used_at)
        more = len(tools) - MOST_CALLED
        called = ", ".join(use.tool for use in tools[:MOST_CALLED])
        called = f"called {called}{f' and {more} more' if more > 0 else ''}; " if tools else ""
        seen = f"last used {ago(one.last_used_at, now)}"
        named.append(f"“{one.name}” ({called}{seen})")
    beyond = len(ending) - len(named)
    if beyond:
        named.append(f"{beyond:,} more")
    return (
        f"Revoked with the membership, as they connected it: {', '.join(named)}." if named else ""
    )


def rotation(watched: WatchedRotation, now: int) -> tuple[str, ...]:
    """Return how far a rotation has come, and who still calls with the old key."""
    decision = decide(watched, now)
    calling = ", ".join(named(caller) for caller in watched.still_calling(now)[:MOST_CALLERS])
    fields = [("Old key", f"last used {ago(watched.old.key.last_used_at, now)}")]
    fields.append(("New key", f"last used {ago(watched.new.key.last_used_at, now)}"))
    if calling:
        fields.append(("Calling", calling))
    return (*_rows(fields), f"{decision.sentence} {decision.then}".rstrip())


def connection(details: ConnectionDetails, now: int) -> tuple[str, ...]:
    """Return what stops with an assistant's connection."""
    ending = details.connection
    return _rows(
        [
            ("Assistant", f"{ending.name}, connection {ending.id}"),
            ("Can", in_words(ending.scopes)),
            ("Approved", ending.approved_by),
            ("Traffic", connection_words.traffic(details, now)[1]),
        ]
    )


def _facts(details: Details, now: int, prefix: str) -> Sequence[tuple[str, str]]:
    ending = details.key
    return (
        ("Key", f"{ending.name}, {shown(prefix, ending.id)}"),
        ("Can", in_words(ending.scopes)),
        ("Held by", held_by(details)),
        ("Traffic", traffic(details, now)[1]),
    )


def _rows(fields: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{label:<10} {value}" for label, value in fields)
