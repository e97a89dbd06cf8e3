"""What was counted is written some keys at a time, each count once, and not too often."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection, event, func, select

from store.domain.credential import Credential
from store.domain.verdicts import Verdict
from store.errors import StoreBusy
from store.persistence.database import Database
from store.persistence.schema import limit_counts, verdict_counts
from store.verifier.counters import Counters
from store.verifier.usage import recorder
from store.verifier.usage.limit_book import Asked, LimitBook
from store.verifier.usage.limit_rows import exchange
from store.verifier.usage.recorder import UsageRecorder
from tests.house import House

KEYS = 8
AT_ONCE = 2


@pytest.fixture
def keys(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of some keys, more than are written at once."""
    monkeypatch.setattr(recorder, "KEYS_AT_ONCE", AT_ONCE)
    return sorted(house.create(f"Key {number}").key.id for number in range(KEYS))


def counting(house: House, database: Callable[[], Database]) -> tuple[UsageRecorder, Counters]:
    """Return a recorder whose store is the one of the house."""
    counters = Counters()
    return UsageRecorder(database, counters, house.clock), counters


def count(usage: UsageRecorder, keys: list[str]) -> None:
    """Count one use of each key."""
    for key_id in keys:
        row = Credential(key_id, 1, "", "pro", "", b"", "", "", None, None)
        usage.record(row, Verdict.VALID, 60_000, None, (), b"")


def counted(house: House) -> dict[str, int]:
    """Return what is written of each key."""
    rows = verdict_counts.c
    with house.store.database.reading() as connection:
        found = connection.execute(select(rows.key_id, func.sum(rows.count)).group_by(rows.key_id))
        return {key_id: int(number) for key_id, number in found}


@pytest.mark.both_engines
def test_many_keys_are_written_in_several_transactions(house: House, keys: list[str]) -> None:
    usage, counters = counting(house, lambda: house.store.database)
    count(usage, keys)
    commits: list[object] = []
    event.listen(house.store.database.engine, "commit", commits.append)
    asyncio.run(usage.flush())
    assert len(commits) == KEYS / AT_ONCE
    assert counted(house) == dict.fromkeys(keys, 1)
    assert counters.totals()["flush", "ok"] == 1


def test_what_is_written_before_a_failure_is_not_written_again(
    house: House, keys: list[str]
) -> None:
    asked = 0

    def database() -> Database:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise StoreBusy
        return house.store.database

    usage, _ = counting(house, database)
    count(usage, keys)
    asyncio.run(usage.flush())
    assert len(counted(house)) == 2 * AT_ONCE
    count(usage, keys)
    asyncio.run(usage.flush())
    assert counted(house) == dict.fromkeys(keys, 2)


def test_keys_that_a_store_does_not_have_take_few_others_with_them(
    house: House, keys: list[str]
) -> None:
    usage, counters = counting(house, lambda: house.store.database)
    count(usage, [*keys, "0" * 12])
    asyncio.run(usage.flush())
    assert KEYS - AT_ONCE < len(counted(house)) < KEYS
    assert counters.totals()["dropped", ""] == AT_ONCE


def test_what_takes_long_to_write_waits_longer_unless_there_is_much_of_it(
    house: House, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "FLUSH_EVERY_S", 0.01)
    # Then any batch takes too long.
    monkeypatch.setattr(recorder, "SHARE", 1e-9)
    usage, counters = counting(house, lambda: house.store.database)
    count(usage, keys[:1])

    async def run() -> None:
        running = asyncio.create_task(usage.run())
        await written(1)
        count(usage, keys[:1])
        await asyncio.sleep(0.2)
        assert counters.totals()["flush", "ok"] == 1
        monkeypatch.setattr(recorder, "MOST_WAITING", 2)
        count(usage, keys[:2])
        await written(2)
        count(usage, keys[:1])
        usage.stop()
        await running

    async def written(times: int) -> None:
        async with asyncio.timeout(20):
            while counters.totals()["flush", "ok"] < times:
                await asyncio.sleep(0.01)

    asyncio.run(run())
    assert counted(house) == {keys[0]: 4, keys[1]: 1}


def limited(number: int) -> Credential:
    """Return a key that may be used ten times a day, and often within a minute."""
    plain = Credential("id", 1, "", "pro", "", b"", "", "", None, None)
    return plain._replace(limits="10/1d 1000/1m", lineage=f"key {number}")


@pytest.mark.parametrize("failing", [False, True])
def test_limits_are_exchanged_some_at_a_time_the_short_windows_first(
    house: House, monkeypatch: pytest.MonkeyPatch, *, failing: bool
) -> None:
    monkeypatch.setattr(recorder, "COUNTS_AT_ONCE", 4)
    told: list[list[str]] = []

    def telling(connection: Connection, verifier: str, asked: Sequence[Asked], now: int) -> object:
        told.append([one.counted.span for one in asked])
        if failing and len(told) == 1:
            raise ValueError
        return exchange(connection, verifier, asked, now)

    monkeypatch.setattr(recorder, "exchange", telling)
    book = LimitBook()
    usage = UsageRecorder(lambda: house.store.database, Counters(), house.clock, limits=book)
    for number in range(6):
        book.take(limited(number), 1, house.clock.now())
    asyncio.run(usage.flush())
    assert told == [["1m"] * 4, ["1m"] * 2 + ["1d"] * 2, ["1d"] * 4]
    # One that fails keeps no other from being told.
    assert len(book.asking()) == (4 if failing else 0)


def test_a_worker_that_ends_leaves_no_row_of_its_own_of_a_long_window(house: House) -> None:
    async def once() -> None:
        book = LimitBook()
        usage = UsageRecorder(lambda: house.store.database, Counters(), house.clock, limits=book)
        assert book.take(limited(1), 1, house.clock.now()).passed
        usage.stop()
        await usage.run()

    for _ in range(2):
        asyncio.run(once())
    with house.store.database.reading() as connection:
        rows = connection.execute(select(limit_counts.c.span, limit_counts.c.used)).all()
        names = connection.execute(select(limit_counts.c.verifier).distinct()).scalars().all()
    assert sorted(map(tuple, rows)) == [("1d", 2), ("1m", 1), ("1m", 1)]
    assert len(names) == 3
