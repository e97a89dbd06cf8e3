"""What a restore makes of the catalogue: of the sample API, and of what is one's own."""

from pathlib import Path

import pytest

from store.domain.keys import State
from store.domain.scopes import check_known
from store.domain.times import HOUR
from store.operations.backup import back_up
from tests.house import House
from tests.operations.test_restore import copy, restored, state

__all__ = ["copy"]
# As `test_restore`.
pytestmark = pytest.mark.sqlite_only


def test_the_sample_api_stays_out_and_ones_own_resource_stays_ones_own(
    house: House, copy: Path
) -> None:
    operator = house.store.operator
    ended = house.create("Ended").key
    back_up(house.url, copy)
    house.store.keys.extend(house.alice, ended.id, house.clock.now() + HOUR)
    house.clock.advance(2 * HOUR)
    operator.set_sample(on=False)
    own = operator.add_resource("events", "Our events", ["read", "cancel"])
    restored(house, copy)
    (events,) = operator.resources()
    assert events == own._replace(actions=events.actions)


def test_the_sample_api_comes_back_with_a_key_that_is_granted_some_of_it(
    house: House, copy: Path, tmp_path: Path
) -> None:
    operator, without = house.store.operator, tmp_path / "without.db"
    back_up(house.url, without)
    key = house.create().key
    back_up(house.url, copy)
    restored(house, without)
    operator.set_sample(on=False)
    restored(house, copy)
    assert state(house, key.id) is State.ACTIVE
    assert [one.name for one in operator.resources()] == ["availability"]
    check_known(house.store.keys.show(house.alice, key.id).scopes, operator.resources())
