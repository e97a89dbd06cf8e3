"""Old minutes become hours, old hours days; sums stay what they are."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from store.domain.times import DAY, HOUR, MINUTE
from store.domain.verdicts import Verdict
from store.persistence.database import Database
from store.persistence.schema import scope_counts, verdict_counts
from store.verifier.usage.roll_up import HOURS_KEPT, MINUTES_KEPT, ROWS_AT_ONCE, roll_up_some
from tests.house import NOON, House
from tests.verifier.serving import eventually, serving

pytestmark = pytest.mark.both_engines


def roll_up(database: Database, now: int) -> None:
    """Roll up until nothing is left to do."""
    while roll_up_some(database, now):
        pass


def count(house: House, key_id: str, starts: list[int], **more: Any) -> None:
    """Write one request for each minute."""
    counted = {"verdict": "valid", **more}
    table = scope_counts if "scope" in more else verdict_counts
    if table is scope_counts:
        del counted["verdict"]
    rows = [
        {"workspace_id": 1, "key_id": key_id, "starts_at": at, "span_ms": MINUTE, "count": 1}
        | counted
        for at in starts
    ]
    with house.store.database.writing() as connection:
        connection.execute(insert(table), rows)


def spans(house: House) -> list[tuple[int, int, str, int]]:
    """Return every count of a verdict: its span, its start, the verdict, the number."""
    rows = verdict_counts.c
    with house.store.database.reading() as connection:
        found = connection.execute(
            select(rows.span_ms, rows.starts_at, rows.verdict, rows.count).order_by(
                rows.starts_at, rows.verdict
            )
        )
        return [tuple(row) for row in found]


def test_minutes_become_hours_and_hours_days_when_they_are_old_enough(house: House) -> None:
    key_id = house.create().key.id
    recent, old = NOON - HOUR, NOON - MINUTES_KEPT - 2 * HOUR
    ancient = NOON - HOURS_KEPT - 2 * DAY
    ancient -= ancient % DAY
    count(house, key_id, [recent, old, old + MINUTE, old + 59 * MINUTE, old + 2 * HOUR])
    count(house, key_id, [old + MINUTE], verdict="expired")
    count(house, key_id, [ancient, ancient + 5 * HOUR, ancient + 23 * HOUR + 59 * MINUTE])
    for _ in range(2):
        roll_up(house.store.database, NOON)
        assert spans(house) == [
            (DAY, ancient, "valid", 3),
            (HOUR, old, "expired", 1),
            (HOUR, old, "valid", 3),
            (MINUTE, old + 2 * HOUR, "valid", 1),
            (MINUTE, recent, "valid", 1),
        ]


def test_what_arrives_late_is_added_to_the_hour_that_stands(house: House) -> None:
    key_id = house.create().key.id
    old = NOON - MINUTES_KEPT - 2 * HOUR
    for _ in range(3):
        count(house, key_id, [old])
        roll_up(house.store.database, NOON)
    assert spans(house) == [(HOUR, old, "valid", 3)]


def test_scopes_are_rolled_up_too_and_usage_sums_over_spans(house: House) -> None:
    key_id = house.create().key.id
    starts = [NOON - day * DAY for day in range(120)]
    count(house, key_id, starts)
    count(house, key_id, starts, scope="availability:read")
    roll_up(house.store.database, NOON)
    with house.store.database.reading() as connection:
        [*scopes] = connection.execute(select(scope_counts.c.span_ms, scope_counts.c.count))
    assert sum(number for _, number in scopes) == 120
    assert {span for span, _ in scopes} == {MINUTE, HOUR, DAY}
    for days, allowed in ((1, 2), (30, 31), (400, 120)):
        usage = house.store.usage.of_key(house.alice, key_id, NOON - days * DAY)
        assert usage.traffic.by_verdict == {Verdict.VALID: allowed}


def test_several_workers_at_once_lose_and_double_nothing(house: House) -> None:
    key_id = house.create().key.id
    count(house, key_id, [NOON - 200 * DAY + step * 7 * MINUTE for step in range(600)])
    threads = [
        threading.Thread(target=roll_up, args=(house.store.database, NOON)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(number for *_, number in spans(house)) == 600
    assert {span for span, *_ in spans(house)} == {DAY}


def test_each_transaction_takes_a_bounded_number_of_rows_and_may_be_the_last(house: House) -> None:
    key_id = house.create().key.id
    total = 2 * ROWS_AT_ONCE + 100
    count(house, key_id, [NOON - 40 * DAY + step * MINUTE for step in range(total)])
    left, turns = total, 0
    while roll_up_some(house.store.database, NOON):
        turns += 1
        counts = spans(house)
        # Whoever is killed here leaves what another worker goes on with, and every sum right.
        assert sum(number for *_, number in counts) == total
        minutes = sum(span == MINUTE for span, *_ in counts)
        assert 0 < left - minutes <= ROWS_AT_ONCE
        left = minutes
    assert (left, turns) == (0, 3)


def test_what_fails_within_a_transaction_is_rolled_up_another_time(house: House) -> None:
    key_id = house.create().key.id
    count(house, key_id, [NOON - 40 * DAY + step * MINUTE for step in range(90)])
    before = spans(house)

    def cut(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM verdict_counts"):
            raise InterruptedError

    engine = house.store.database.engine
    event.listen(engine, "before_cursor_execute", cut)
    with pytest.raises(InterruptedError):
        roll_up_some(house.store.database, NOON)
    event.remove(engine, "before_cursor_execute", cut)
    assert spans(house) == before
    roll_up(house.store.database, NOON)
    assert sum(number for *_, number in spans(house)) == 90


def test_a_worker_rolls_up_when_it_starts(own_house: House, tmp_path: Path) -> None:
    key_id = own_house.create().key.id
    count(own_house, key_id, [own_house.clock.now() - 3 * DAY])
    with serving(own_house, tmp_path / "stderr"):
        eventually(lambda: [span for span, *_ in spans(own_house)] == [HOUR])
