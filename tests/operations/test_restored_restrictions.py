"""What a restore tells of keys and connections that were restricted since the backup."""

from pathlib import Path

import pytest

from store.domain.audit.changes import changed
from store.domain.key_networks import key_networks
from store.domain.limits import limits
from store.operations.backup import back_up
from tests.house import House
from tests.operations.test_restore import copy, restored

__all__ = ["copy"]
# As `test_restore`.
pytestmark = pytest.mark.sqlite_only


def test_what_was_limited_since_the_copy_is_told_to_be(house: House, copy: Path) -> None:
    limited, networked = (house.create(name).key for name in ("Limited", "Networked"))
    connected, _ = house.opened()
    back_up(house.url, copy)
    store, alice = house.store, house.alice
    store.limits.set_key(alice, limited.id, limits(["100/1m"])).unwaited()
    networks = key_networks(["203.0.113.0/24"], enforced=False)
    store.restrictions.set_networks(alice, networked.id, networks).unwaited()
    store.connections.set_networks(alice, connected.id, networks).unwaited()
    done = restored(house, copy)
    assert {(one.name, one.how) for one in done.keys} == {
        ("Limited", ("limits",)),
        ("Networked", ("networks",)),
    }
    assert [one.how for one in done.connections] == [("networks",)]
    entries = store.audit_trail.newest(alice)
    told = [changed(entry) for entry in entries if entry.action.endswith(".carried_over")]
    assert sorted(told) == ["with its stricter limits", *["with its stricter networks"] * 2]
