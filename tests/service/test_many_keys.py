"""What is done with each of some keys, where there are more than an index finds."""

import pytest

from store.domain.filtering import terms
from store.domain.listing import KeyQuery
from store.domain.stops import StopKind, Target
from store.persistence.repositories import key_pages
from store.persistence.repositories.settings import Settings
from store.service import belonging, stops
from store.service.keys import NewKey
from tests.house import House, granted_scopes

MIA = Target(StopKind.OWNER, "mia")
GOLD = Target(StopKind.LABEL, "tier=gold")
ACTIVE = ["B 0", "B 1", "B 2"]


@pytest.fixture
def many(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with more keys of an owner and a label than are looked at soon, the first ended."""
    monkeypatch.setattr(key_pages, "FEW", 3)
    monkeypatch.setattr(key_pages, "LOOKED_AT", 2)
    for name in ("A 0", "A 1", "A 2", *ACTIVE):
        given = (None, None, (), "mia", {"tier": "gold"})
        made = house.store.keys.create(
            house.alice, NewKey(name, granted_scopes("events:read"), *given)
        )
        if name not in ACTIVE:
            house.store.keys.revoke(house.alice, made.key.id).unwaited()
    return house


def test_every_key_that_will_be_served_again_is_listed_before(many: House) -> None:
    assert many.store.keys.look(many.alice, KeyQuery(terms("state:active")), limit=9).unfinished
    with many.store.database.writing() as connection:
        Settings(connection).wait(many.clock.now())
    waiting = many.store.operator.unconfirmed() or []
    assert [key.name for _, keys in waiting for key in keys] == ACTIVE


def test_every_active_key_of_an_owner_or_a_label_is_found_to_be_ended_or_stopped(
    many: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, alice = many.store, many.alice
    for target in (MIA, GOLD):
        found = store.stops.in_use(alice, [target])
        assert (found.active, found.more) == (3, False)
    monkeypatch.setattr(belonging, "AT_ONCE", 2)
    monkeypatch.setattr(stops, "MOST_COUNTED", 2)
    first = store.belonging.active(alice, "mia")
    rest = store.belonging.active(alice, "mia", first.next)
    assert [key.name for key in (*first.keys, *rest.keys)] == ACTIVE
    assert rest.next is None
    found = store.stops.in_use(alice, [MIA, GOLD])
    assert (found.active, found.more) == (2, True)
