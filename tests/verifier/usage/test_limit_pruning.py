"""What was used of limits goes when nobody asks about it any more, some rows at a time."""

import pytest
from sqlalchemy import insert, select

from store.domain.times import DAY, HOUR, SECOND
from store.persistence.schema import limit_counts
from store.verifier.usage import limit_pruning
from store.verifier.usage.pruning import Pruning
from tests.house import House


@pytest.mark.both_engines
def test_windows_go_that_are_older_than_the_one_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit_pruning, "ROWS_AT_ONCE", 2)
    noon = house.clock.now()
    starts = {
        "1s": (noon, noon - SECOND, noon - 2 * SECOND, noon - DAY),
        "1h": (noon, noon - HOUR, noon - 2 * HOUR),
        "1d": (noon - 12 * HOUR, noon - 36 * HOUR, noon - 60 * HOUR),
    }
    common = {"workspace_id": 1, "kind": "key", "value": "first", "verifier": "gone", "used": 1}
    rows = [
        {**common, "span": span, "starts_at": at}
        for span, all_of in starts.items()
        for at in all_of
    ]
    with house.store.database.writing() as connection:
        connection.execute(insert(limit_counts), rows)
    pruning, turns = Pruning(lambda: house.store.database, house.clock), 1
    while pruning.prune_some(house.store.database):
        turns += 1
    with house.store.database.reading() as connection:
        kept = connection.execute(select(limit_counts.c.span, limit_counts.c.starts_at)).all()
    assert sorted(map(tuple, kept)) == sorted(
        (span, at) for span, all_of in starts.items() for at in all_of[:2]
    )
    assert turns == 6
    # From the beginning, the next time.
    house.clock.advance(2 * DAY)
    while pruning.prune_some(house.store.database):
        pass
    with house.store.database.reading() as connection:
        assert connection.execute(select(limit_counts.c.used)).all() == []
