"""The exchange: what each let through is told once however often it is said, and heard of all."""

import pytest
from sqlalchemy import select, update

from store.domain.limits import Subject
from store.domain.times import HOUR, LATEST
from store.persistence.schema import limit_counts, verifiers
from store.verifier.usage.limit_book import Asked, Counted, Heard
from store.verifier.usage.limit_rows import exchange
from tests.house import House
from tests.service.test_restricting import running


def asked(house: House, hour: int, used: int, value: str = "first") -> Asked:
    """Return what is told of an hour, so many after noon."""
    noon = house.clock.now()
    counted = Counted(house.alice.workspace_id, Subject.KEY, value, "1h")
    return Asked(counted, noon + hour * HOUR, noon + (hour - 1) * HOUR, used)


@pytest.mark.both_engines
def test_each_hears_what_the_others_let_through_and_of_whom_there_were(house: House) -> None:
    def told(verifier: str, *rows: Asked) -> tuple[list[Heard], int]:
        with house.store.database.counting() as connection:
            return exchange(connection, verifier, rows, house.clock.now())

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
    assert [tuple(row) for row in kept] == [("one", noon + HOUR, 2), ("two", noon + 2 * HOUR, 1)]
