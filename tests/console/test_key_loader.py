"""The keys tab's loader: nothing is read that cannot be new, and rows do not wait for numbers."""

import pytest
from sqlalchemy import insert

from console.tabs.key_loader import KeyLoader, Request, Snapshot, offset_around
from store.domain.filtering import terms
from store.domain.listing import KeyQuery, Sort
from store.persistence.repositories import key_pages
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


def test_what_was_not_all_counted_is_said_to_be_more_until_its_end_is_read(
    house: House, loader: KeyLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pages, "LOOKED_AT", 12)
    query = KeyQuery(terms("-scope:quotes"), sort=Sort.NAME)
    loader.load(request(query))
    loader.count(query)
    snapshot = loader.load(request(query, offset=5))
    assert (snapshot.total, snapshot.more, snapshot.uncounted) == (16, True, True)
    snapshot = loader.load(request(query, offset=25))
    assert (snapshot.total, snapshot.more) == (30, False)


def test_of_very_many_some_are_counted_and_all_once_somebody_has_gone_beyond_those(
    loader: KeyLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pages, "COUNTED", 12)
    loader.load(request())
    loader.count(BY_NAME)
    snapshot = loader.load(request())
    assert (snapshot.total, snapshot.more, snapshot.uncounted) == (12, True, False)
    snapshot = loader.load(request(offset=5))
    assert (snapshot.total, snapshot.more, snapshot.uncounted) == (16, True, True)
    loader.count(BY_NAME)
    snapshot = loader.load(request(offset=20))
    assert (snapshot.total, snapshot.more, snapshot.uncounted) == (30, False, False)


def test_what_no_index_knows_is_shown_as_it_is_found_and_stays_though_something_changes(
    house: House, loader: KeyLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = [house.create(f"Key {after} bis-").key.name for after in ("09", "19", "29")]
    monkeypatch.setattr(key_pages, "LOOKED_AT", 10)
    query = KeyQuery(terms("bis-"), sort=Sort.NAME)
    shown = []
    for _ in range(3):
        snapshot = loader.load(request(query))
        loader.count(query)
        shown.append((names(snapshot), snapshot.ends, snapshot.uncounted))
    # Ten keys, twenty, and forty, which are more than there are.
    assert shown == [([], False, True), (rare[:2], False, True), (rare, True, True)]
    snapshot = loader.load(request(query))
    assert (snapshot.total, snapshot.more, snapshot.uncounted) == (3, False, False)
    rare.append(house.create("Key 39 bis-").key.name)
    assert names(loader.load(request(query))) == rare


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


@pytest.mark.parametrize(
    ("offset", "row", "position", "reads_from"),
    [
        # Nowhere in the list.
        (40, None, None, None),
        (40, 45, None, None),
        # Out of view, and where it was: the rows in view are right.
        (40, 12, 12, None),
        # Out of view, and others came before it or went: what is in view moves with it.
        (40, 12, 13, 41),
        (40, 12, 10, 38),
        (2, 12, 9, 0),
        (0, 12, 0, 0),
        # It was in view: what is around it.
        (40, None, 100, 95),
        (40, None, 3, 0),
        (0, None, 0, 0),
    ],
)
def test_what_is_read_for_a_key_that_is_elsewhere(
    offset: int, row: int | None, position: int | None, reads_from: int | None
) -> None:
    asked = Request(BY_NAME, offset, 10, "4fQ2xAbCdEfG", go=False, row=row)
    assert offset_around(asked, position) == reads_from


def test_as_many_rows_stand_before_a_key_as_after_it_and_one_more_where_they_are_odd() -> None:
    assert offset_around(Request(BY_NAME, 0, 11, "4fQ2xAbCdEfG", go=False), 100) == 94
