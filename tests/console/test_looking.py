"""Looks at the store: nothing is read that cannot be new, and rows do not wait for numbers."""

import pytest
from sqlalchemy import insert

from console.tabs.looking import Look, Lookout, Wish
from store.filtering import terms
from store.listing import KeyQuery, Sort
from store.schema import key_usage
from tests.house import House

BY_NAME = KeyQuery(sort=Sort.NAME)


@pytest.fixture
def lookout(house: House) -> Lookout:
    """A lookout over thirty keys."""
    for number in range(30):
        house.create(f"Key {number:02}")
    return Lookout(house.store, house.alice)


def wish(query: KeyQuery = BY_NAME, offset: int = 0, key_id: str | None = None) -> Wish:
    """Wish for ten rows."""
    return Wish(query, offset, 10, key_id, go=False)


def names(look: Look) -> list[str]:
    """Return the names a look brought."""
    return [key.name for key in look.page.keys]


def test_nothing_is_read_again_until_somebody_commits_and_use_counts_too(
    house: House, lookout: Lookout
) -> None:
    first = lookout.look(wish())
    lookout.count(BY_NAME)
    assert not lookout.look(wish()).fresh
    house.create("Key 00 bis")
    second = lookout.look(wish())
    assert second.fresh
    assert names(second)[:2] == ["Key 00", "Key 00 bis"]
    with house.store.database.writing() as connection:
        row = {"workspace_id": house.alice.workspace_id, "key_id": first.page.keys[0].id}
        connection.execute(insert(key_usage).values(**row, first_used_at=7, last_used_at=7))
    assert lookout.look(wish()).page.keys[0].last_used_at == 7
    assert not lookout.look(wish()).fresh


def test_rows_come_before_they_are_counted_and_the_end_is_read_from_there(
    lookout: Lookout,
) -> None:
    look = lookout.look(wish())
    assert (look.total, look.counts, look.uncounted) == (11, None, True)
    lookout.count(BY_NAME)
    look = lookout.look(wish(offset=25))
    assert (look.total, look.uncounted) == (30, False)
    assert names(look) == [f"Key {number}" for number in range(25, 30)]


def test_the_cursor_follows_its_key_but_a_new_filter_begins_on_top(
    house: House, lookout: Lookout
) -> None:
    look = lookout.look(wish(offset=20))
    stays = look.page.keys[5]
    assert lookout.look(wish(offset=0, key_id=stays.id)).cursor == 25
    house.create("A first")
    assert lookout.look(wish(offset=20, key_id=stays.id)).cursor == 26
    filtered = lookout.look(wish(KeyQuery(terms("key"), sort=Sort.NAME), 20, stays.id))
    assert (filtered.offset, filtered.cursor) == (0, 0)
    assert lookout.look(wish(offset=0, key_id=stays.id)).cursor == 26
