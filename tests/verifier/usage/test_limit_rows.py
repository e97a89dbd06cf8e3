"""The exchange: what each let through is told once however often it is said, and heard of all."""

import pytest
from sqlalchemy import select, update

from store.domain.limits import Subject
from store.domain.times import HOUR, LATEST
from store.persistence.schema import limit_counts, verifiers
from store.verifier.usage.limit_book import Asked, Counted
from store.verifier.usage.limit_rows import exchange, known, leave
from tests.house import House
from tests.service.test_restricting import running


def asked(house: House, hour: int, used: int, value: str = "first") -> Asked:
    """Return what is told of an hour, so many after noon."""
    noon = house.clock.now()
    counted = Counted(house.alice.workspace_id, Subject.KEY, value, "1h")
    return Asked(counted, noon + hour * HOUR, noon + (hour - 1) * HOUR, used)


@pytest.mark.both_engines
def test_each_hears_what_the_others_let_through_and_of_whom_there_were(house: House) -> None:
    def told(verifier: str, *rows: Asked) -> tuple[list[tuple[int, int]], int]:
        with house.store.database.counting() as connection:
            heard, live = exchange(connection, verifier, rows, house.clock.now())
        assert [one.own for one in heard] == [one.used for one in rows]
        return [(others, users) for others, users, _ in heard], live

    assert told("one", asked(house, 0, 7), asked(house, 0, 1, "other")) == ([(0, 1), (0, 1)], 0)
    running(house, proxied=False)
    # Whose clock it is seen by depends on the engine.
    with house.store.database.writing() as connection:
        connection.execute(update(verifiers).values(seen_at=LATEST))
    # Said again it is the same; nobody hears of oneself.
    assert told("one", asked(house, 0, 9)) == ([(0, 1)], 1)
    assert told("two", asked(house, 0, 5), asked(house, 0, 0, "other")) == ([(9, 2), (1, 2)], 1)
    assert told("two", asked(house, 0, 5, "third")) == ([(0, 1)], 1)
    assert told("one", asked(house, 0, 9)) == ([(5, 2)], 1)
    # Who used the hour before is known in the next, what they used is not of it.
    assert told("one", asked(house, 1, 2)) == ([(0, 2)], 1)
    assert told("two", asked(house, 2, 1)) == ([(0, 2)], 1)
    with house.store.database.reading() as connection:
        kept = connection.execute(
            select(limit_counts.c.verifier, limit_counts.c.starts_at, limit_counts.c.used)
            .where(limit_counts.c.value == "first")
            .order_by(limit_counts.c.starts_at)
        ).all()
    noon = house.clock.now()
    # Each takes away its own alone.
    assert [tuple(row) for row in kept] == [
        ("one", noon, 9),
        ("one", noon + HOUR, 2),
        ("two", noon + 2 * HOUR, 1),
    ]


@pytest.mark.both_engines
def test_a_count_of_a_workspace_that_is_gone_keeps_no_other_from_being_told(house: House) -> None:
    gone = asked(house, 0, 3)
    gone = gone._replace(counted=gone.counted._replace(workspace_id=4711))
    with house.store.database.counting() as connection:
        heard, _ = exchange(connection, "one", [gone, asked(house, 0, 7)], house.clock.now())
    assert [one.own for one in heard] == [0, 7]


def test_what_is_told_is_never_less_than_before(house: House) -> None:
    with house.store.database.counting() as connection:
        exchange(connection, "one", [asked(house, 0, 7)], house.clock.now())
        heard, _ = exchange(connection, "one", [asked(house, 0, 2)], house.clock.now())
    assert [one.own for one in heard] == [7]


@pytest.mark.both_engines
def test_who_ends_leaves_what_it_let_through_in_one_row_that_is_of_no_user(house: House) -> None:
    now, here = house.clock.now(), asked(house, 0, 7)
    for name in ("one", "two"):
        for _ in range(2):
            with house.store.database.counting() as connection:
                exchange(connection, name, [here, asked(house, 0, 1, "other")], now)
        with house.store.database.counting() as connection:
            leave(connection, name, [here])
    with house.store.database.counting() as connection:
        heard, _ = exchange(connection, "three", [here._replace(used=0)], now)
        assert [*heard[0]] == [14, 1, 0]
        used, whole = known(connection, 10, now)
        assert (sorted(used.values()), whole) == ([2, 14], True)
        assert known(connection, 1, now)[1] is False
        assert known(connection, 10, now + HOUR) == ({}, True)
        rows = connection.execute(select(limit_counts.c.verifier, limit_counts.c.value)).all()
    assert sorted(map(tuple, rows)) == [("", "first"), ("one", "other"), ("two", "other")]
