"""The keys tab's loader: nothing is read that cannot be new, and rows do not wait for numbers."""

import pytest
from sqlalchemy import insert

from console.tabs.key_loader import KeyLoader, Request, Snapshot
from store.domain.filtering import terms
from store.domain.listing import KeyQuery, Sort
from store.persistence.schema import key_usage
from tests.house import House

BY_NAME = KeyQuery(sort=Sort.NAME)


@pytest.fixture
def loader(house: House) -> KeyLoader:
    """A loader of thirty keys."""
    for number in range(30):
        house.create(f"Key {number:02}")
    return KeyLoader(house.store, house.alice)


def request(query: KeyQuery = BY_NAME, offset: int = 0, key_id: str | None = None) -> Request:
    """Return a request for ten rows."""
    return Request(query, offset, 10, key_id, go=False)


def names(snapshot: Snapshot) -> list[str]:
    """Return the names a snapshot brought."""
    return [key.name for key in snapshot.page.keys]


def test_nothing_is_read_again_until_somebody_commits_and_use_counts_too(
    house: House, loader: KeyLoader
) -> None:
    first = loader.load(request())
    loader.count(BY_NAME)
    assert not loader.load(request()).fresh
    house.create("Key 00 bis")
    second = loader.load(request())
    assert second.fresh
    assert names(second)[:2] == ["Key 00", "Key 00 bis"]
    with house.store.database.writing() as connection:
        row = {"workspace_id": house.alice.workspace_id, "key_id": first.page.keys[0].id}
        connection.execute(insert(key_usage).values(**row, first_used_at=7, last_used_at=7))
    assert loader.load(request()).page.keys[0].last_used_at == 7
    assert not loader.load(request()).fresh


def test_rows_come_before_they_are_counted_and_the_end_is_read_from_there(
    loader: KeyLoader,
) -> None:
    snapshot = loader.load(request())
    assert (snapshot.total, snapshot.counts, snapshot.uncounted) == (11, None, True)
    loader.count(BY_NAME)
    snapshot = loader.load(request(offset=25))
    assert (snapshot.total, snapshot.uncounted) == (30, False)
    assert names(snapshot) == [f"Key {number}" for number in range(25, 30)]


def test_the_cursor_follows_its_key_but_a_new_filter_begins_on_top(
    house: House, loader: KeyLoader
) -> None:
    snapshot = loader.load(request(offset=20))
    stays = snapshot.page.keys[5]
    assert loader.load(request(offset=0, key_id=stays.id)).cursor == 25
    house.create("A first")
    assert loader.load(request(offset=20, key_id=stays.id)).cursor == 26
    filtered = loader.load(request(KeyQuery(terms("key"), sort=Sort.NAME), 20, stays.id))
    assert (filtered.offset, filtered.cursor) == (0, 0)
    assert loader.load(request(offset=0, key_id=stays.id)).cursor == 26
