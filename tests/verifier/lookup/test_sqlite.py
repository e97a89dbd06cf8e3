"""Reads of the hot path on SQLite: prepared once, not anew for each request, and never sorted."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from store.persistence.prepared import PreparedSelect, Row
from store.verifier.lookup.sqlite import SqliteLookup
from store.verifier.resources.kind import ResourceKind
from store.verifier.resources.kinds import KINDS
from store.verifier.resources.pages import Pages, Window
from tests.house import House


@pytest.fixture
def lookup(house: House) -> Iterator[SqliteLookup]:
    """A worker's connection to a store with a key."""
    house.create("Website")
    path = house.store.database.path
    assert path is not None
    with closing(SqliteLookup(path)) as found:
        yield found


def _pages(kind: ResourceKind) -> Pages:
    return Pages(kind.table, tuple(kind.table.columns), kind.order)


def _windows(kind: ResourceKind) -> list[Window]:
    after = tuple(0 if column.type.python_type is int else "x" for column in kind.order)
    return [Window(2, None), Window(2, after)]


def test_a_read_that_is_asked_again_is_not_prepared_again(lookup: SqliteLookup) -> None:
    key = lookup.key("nobody")
    assert key is not None
    reads: list[Callable[[], object]] = [
        partial(lookup.key, "nobody"),
        partial(lookup.key, key.id),
        partial(lookup.rotated_at, key),
        partial(lookup.token, "nobody"),
        partial(lookup.foreign_key, "nothing"),
        *(
            partial(_pages(kind).read, lookup, key.workspace_id, window)
            for kind in KINDS
            for window in _windows(kind)
        ),
    ]
    prepared: list[tuple[Any, ...]] = []

    def allowed(*what: Any) -> int:
        prepared.append(what)
        return 0

    # SQLite asks whether a statement may do what it does whenever it prepares one.
    lookup._connection.set_authorizer(allowed)
    for read in reads:
        read()
    assert prepared
    for number, read in enumerate(reads):
        prepared.clear()
        read()
        assert not prepared, number


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_is_read_in_its_order_and_sorts_nothing(
    lookup: SqliteLookup, kind: ResourceKind
) -> None:
    class Plans:
        def rows(self, read: PreparedSelect, **given: object) -> list[Row]:
            words = read.sqlite
            explained = f"EXPLAIN QUERY PLAN {words.text}"
            found = lookup._connection.execute(explained, words.with_values(given))
            return [(step,) for *_, step in found]

    plans: Any = Plans()
    for window in _windows(kind):
        (step,) = _pages(kind).read(plans, 1, window)
        assert "USING INDEX" in step[0]
