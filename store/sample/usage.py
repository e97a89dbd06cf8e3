"""What the verifiers would have counted of the sample's keys: a month of days, today, the hour."""

import math
import random
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert

from store.credentials.peppers import Peppers
from store.domain.clock import FixedClock
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.times import DAY, HOUR, MINUTE, moment
from store.domain.verdicts import Verdict
from store.persistence.schema import (
    key_callers,
    key_refusals,
    key_usage,
    scope_counts,
    scope_usage,
    verdict_counts,
)
from store.sample.cast import SampleKey, Use

Rows = list[dict[str, object]]

_BASE = "/api/v1"
_DAYS = 30
_REFUSALS = 3


def remember(
    connection: Connection,
    whose: tuple[int, str],
    part: SampleKey,
    uses: Sequence[Use],
    now: int,
    chance: random.Random,
    peppers: Peppers,
) -> None:
    """Write what a key was used for until now. `whose` is its workspace's id and its own."""
    key = {"workspace_id": whose[0], "key_id": whose[1]}
    verdicts: dict[tuple[int, int, str], int] = {}
    scopes: dict[tuple[int, int, str], int] = {}
    instants: dict[str, tuple[int, int]] = {}
    refusals: Rows = []
    for use in uses:
        spans = list(_spans(use, part.age, now, chance))
        for starts_at, span_ms, count in spans:
            _count(verdicts, (starts_at, span_ms, use.verdict.value), count)
            if use.verdict is Verdict.VALID:
                _count(scopes, (starts_at, span_ms, use.scope), count)
        if spans and use.verdict is Verdict.VALID:
            first, last = now - (use.since or part.age) + HOUR, _last(use, now, chance)
            known = instants.get(use.scope, (first, last))
            instants[use.scope] = min(known[0], first), max(known[1], last)
        elif spans:
            refusals += _refusals(key, part, use, now, chance, peppers)
    for table, word, counted in (
        (verdict_counts, "verdict", verdicts),
        (scope_counts, "scope", scopes),
    ):
        rows = [
            {**key, "starts_at": starts_at, "span_ms": span_ms, word: what, "count": count}
            for (starts_at, span_ms, what), count in counted.items()
        ]
        if rows:
            connection.execute(insert(table), rows)
    if refusals:
        connection.execute(insert(key_refusals), sorted(refusals, key=lambda row: str(row["at"])))
    if instants:
        used = {
            "first_used_at": min(first for first, _ in instants.values()),
            "last_used_at": max(last for _, last in instants.values()),
        }
        connection.execute(insert(key_usage), [{**key, **used, "last_address": part.address}])
        allowed = sum(n for (*_, what), n in verdicts.items() if what == Verdict.VALID.value)
        caller = {
            "address": part.address,
            "user_agent": part.agent,
            "first_at": used["first_used_at"],
            "last_at": used["last_used_at"],
            "count": allowed,
        }
        connection.execute(insert(key_callers), [{**key, **caller}])
        each = [
            {**key, "scope": scope, "first_used_at": first, "last_used_at": last}
            for scope, (first, last) in instants.items()
        ]
        connection.execute(insert(scope_usage), each)


def _count(counts: dict[tuple[int, int, str], int], what: tuple[int, int, str], more: int) -> None:
    counts[what] = counts.get(what, 0) + more


def _spans(use: Use, age: int, now: int, chance: random.Random) -> Iterator[tuple[int, int, int]]:
    """Return spans of time with a count each, none of them twice: days, hours, then minutes."""
    begins = now - min(age, use.since if use.since is not None else age)
    ends = now - use.until
    today, fine = now // DAY * DAY, (now - HOUR) // HOUR * HOUR
    last_day = ends // DAY * DAY
    for starts_at in range(last_day - (_DAYS - 1) * DAY, min(today, last_day + DAY), DAY):
        # A working day is some nine busy hours.
        busy = 9 * HOUR * _overlap(starts_at, starts_at + DAY, begins, ends)
        yield from _span(use, starts_at, DAY, busy, 1.0, chance)
    for starts_at in range(today, fine, HOUR):
        busy = HOUR * _overlap(starts_at, starts_at + HOUR, begins, ends)
        yield from _span(use, starts_at, HOUR, busy, 1.0, chance)
    for starts_at in range(fine, now // MINUTE * MINUTE, MINUTE):
        busy = MINUTE * _overlap(starts_at, starts_at + MINUTE, begins, ends)
        gone = max(0.0, 1 - (now - starts_at) / HOUR)
        # A caller that is moved to another key: one curve falls as the other rises.
        share = 1 + use.shift * gone if use.shift < 0 else 1 - use.shift * (1 - gone)
        yield from _span(use, starts_at, MINUTE, busy, share, chance)


def _span(
    use: Use, starts_at: int, span_ms: int, busy: float, share: float, chance: random.Random
) -> Iterator[tuple[int, int, int]]:
    weekend = use.weekend if moment(starts_at).weekday() >= 5 else 1.0
    expected = use.per_minute * busy / MINUTE * weekend * share
    wave = 1 + 0.2 * math.sin(starts_at / (9 * MINUTE)) if span_ms == MINUTE else 1.0
    spread = max(expected * 0.12, expected**0.5 * 0.5)
    # What is rare comes now and then, not as a fraction of itself every minute.
    rare = expected < 1
    count = chance.random() < expected if rare else round(chance.gauss(expected * wave, spread))
    if count > 0:
        yield starts_at, span_ms, int(count)


def _overlap(start: int, end: int, begins: int, ends: int) -> float:
    """Return which part of a span lies within the time of use."""
    return max(0, min(end, ends) - max(start, begins)) / (end - start)


def _last(use: Use, now: int, chance: random.Random) -> int:
    return now - use.until - round(min(3.0, chance.expovariate(use.per_minute)) * MINUTE)


def _refusals(
    key: dict[str, object],
    part: SampleKey,
    use: Use,
    now: int,
    chance: random.Random,
    peppers: Peppers,
) -> Rows:
    rows: Rows = []
    ids, at = RequestIds(peppers.derive_newest(PURPOSE), FixedClock(now)), now
    for _ in range(_REFUSALS):
        at -= round(MINUTE * (0.3 + chance.expovariate(use.per_minute)))
        rows.append(
            {
                **key,
                "at": at,
                "verdict": use.verdict.value,
                "address": part.address,
                "user_agent": part.agent,
                "method": use.method,
                "path": f"{_BASE}{use.path}",
                "request_id": ids.make(use.verdict.value, at).decode("ascii"),
            }
        )
    return rows
