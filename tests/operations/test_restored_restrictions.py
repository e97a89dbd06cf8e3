"""What a restore tells of keys and connections that were restricted since the backup."""

from pathlib import Path

import pytest

from store.domain.audit.changes import changed
from store.domain.key_networks import key_networks
from store.domain.limits import Subject, limits, to_stored
from store.operations.backup import back_up
from tests.house import House
from tests.operations.test_restore import copy, restored

__all__ = ["copy"]
# As `test_restore`.
pytestmark = pytest.mark.sqlite_only


def test_the_strictest_limits_of_both_are_kept_and_what_is_only_observed_stays_so(
    house: House, copy: Path
) -> None:
    store, alice = house.store, house.alice
    every = {
        # Of the copy, as known since, of both.
        "Lifted since": ("10/1m?", None, "10/1m?"),
        "Observed since": (None, "10/1m?", "10/1m?"),
        "Enforced since": ("10/1m?", "10/1m", "10/1m"),
        "Let go since": ("10/1m", "10/1m?", "10/1m"),
        "Another since": ("10/1m?", "50/1h", "10/1m? 50/1h"),
        "Watched closer since": ("10/1m?", "5/1m?", "5/1m?"),
        "Tried closer since": ("10/1m", "5/1m?", "5/1m? 10/1m"),
        "Tried beside it": ("10/1m 7/1m?", "20/1m", "7/1m? 10/1m"),
    }
    keys = {name: house.create(name).key.id for name in every}

    def sets(which: int) -> None:
        for name, texts in every.items():
            wanted = limits([text]) if (text := texts[which]) else ()
            store.limits.set_key(alice, keys[name], wanted).unwaited()
        store.limits.set_workspace(alice, limits([("9/1d?", "90/1h?")[which]])).unwaited()
        store.limits.set_owner(alice, "customer_42", limits([("9/1d?", "9/1d")[which]])).unwaited()

    sets(0)
    back_up(house.url, copy)
    sets(1)
    restored(house, copy)
    kept = {name: to_stored(store.keys.show(alice, key_id).limits) for name, key_id in keys.items()}
    assert kept == {name: both for name, (_, _, both) in every.items()}
    shared = {one.subject: to_stored(one.limits) for one, _ in store.limits.shared(alice)}
    assert shared == {Subject.WORKSPACE: "90/1h? 9/1d?", Subject.OWNER: "9/1d"}


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
