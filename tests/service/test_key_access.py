"""Access to a key: by reference, and only as it was seen by whoever decided."""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from store.domain.key_networks import key_networks
from store.domain.key_string import mint
from store.domain.limits import limits
from store.domain.people import Actor, Role
from store.domain.times import DAY
from store.errors import AmbiguousKey, ChangedMeanwhile, NoSuchKey
from store.operations.store import Store
from store.service.key_access import MOST_TOLD
from store.service.keys import NewKey
from tests.house import House, granted_scopes, use
from tests.invariants.use_cases import services

pytestmark = pytest.mark.both_engines


def test_a_reference_is_an_id_then_a_beginning_then_a_name(house: House) -> None:
    issued = house.create("Website")
    key_id = issued.key.id
    for reference in (
        key_id,
        f"jw_{key_id}",
        f"jw_{key_id[:5]}",
        f"jw_{key_id[:5]}…",
        f"jw_{key_id[:8]}...",
        "Website",
        "WEBSITE",
        "  website ",
        issued.secret.reveal(),
    ):
        assert house.store.keys.show(house.alice, reference).id == key_id
    for reference in (f"jw_{key_id[:4]}", key_id[:5], "Web", "", "jw_"):
        with pytest.raises(NoSuchKey):
            house.store.keys.show(house.alice, reference)


def test_an_ambiguous_name_names_the_candidates(house: House) -> None:
    old = house.create("Website")
    new = house.store.rotations.rotate(house.alice, old.key.id).unwaited()
    with pytest.raises(AmbiguousKey) as caught:
        house.store.keys.show(house.alice, "Website")
    for key_id in (old.key.id, new.successor.id):
        assert any(key_id in candidate for candidate in caught.value.candidates)
    told = str(caught.value)
    assert f"jw_{old.key.id} (Website), the old one, never used" in told
    assert f"jw_{new.successor.id} (Website), the new one, never used" in told
    assert told.endswith("Give the id of one, or say --old or --new.")


def test_a_mistyped_name_is_answered_with_the_one_that_was_meant(house: House) -> None:
    for name in ("Website", "Shop", "Zapier", "請求書"):
        house.create(name)
    house.create("Websites of others", actor=house.bob)
    for mistyped, name in (("Wesbite", "Website"), ("zapeir", "Zapier"), ("Shops", "Shop")):
        with pytest.raises(NoSuchKey, match=f"Did you mean “{name}”"):
            house.store.keys.show(house.alice, mistyped)
    with pytest.raises(NoSuchKey, match="give its name"):
        house.store.keys.show(house.alice, "Nothing like it")


def test_a_name_means_the_active_key_and_the_dead_one_only_where_there_is_no_other(
    house: House,
) -> None:
    first = house.create("Website")
    house.store.keys.revoke(house.alice, first.key.id)
    assert house.store.keys.show(house.alice, "Website").id == first.key.id
    second = house.create("Website")
    assert house.store.keys.show(house.alice, "Website").id == second.key.id


def test_a_key_that_is_not_here_is_not_repeated_in_the_refusal(house: House) -> None:
    stranger = mint("jw").key.reveal()
    theirs = house.create("Bob's", actor=house.bob).secret.reveal()
    for key in (stranger, theirs, stranger[:-1] + "!"):
        with pytest.raises(NoSuchKey) as caught:
            house.store.keys.show(house.alice, key)
        secret = key.split("_")[2]
        assert not any(secret[at : at + 6] in str(caught.value) for at in range(len(secret) - 5))


NETWORKS = key_networks(["203.0.113.0/24"], enforced=False)
LOCKED: dict[tuple[str, str], Callable[[Store, Actor, str, int | None], object]] = {
    ("keys", "rescope"): lambda store, actor, key_id, seen: store.keys.rescope(
        actor, key_id, granted_scopes("events:read"), seen=seen
    ),
    ("keys", "extend"): lambda store, actor, key_id, seen: store.keys.extend(
        actor, key_id, None, seen=seen
    ),
    ("rotations", "rotate"): lambda store, actor, key_id, seen: store.rotations.rotate(
        actor, key_id, seen=seen
    ),
    ("right_sizing", "trim"): lambda store, actor, key_id, seen: store.right_sizing.trim(
        actor, key_id, seen=seen
    ),
    ("connections", "narrow"): lambda store, actor, connection_id, seen: store.connections.narrow(
        actor, connection_id, granted_scopes("availability:read"), seen=seen
    ),
    ("connections", "set_networks"): lambda store, actor, connection_id, seen: (
        store.connections.set_networks(actor, connection_id, NETWORKS, seen=seen)
    ),
    ("belonging", "set_owner"): lambda store, actor, key_id, seen: store.belonging.set_owner(
        actor, key_id, "mia", seen=seen
    ),
    ("belonging", "label"): lambda store, actor, key_id, seen: store.belonging.label(
        actor, key_id, {"tier": "gold"}, seen=seen
    ),
    ("belonging", "remark"): lambda store, actor, key_id, seen: store.belonging.remark(
        actor, key_id, "Ask Mia first", seen=seen
    ),
    ("belonging", "set_both"): lambda store, actor, key_id, seen: store.belonging.set_both(
        actor, key_id, "mia", {"tier": "gold"}, seen=seen
    ),
    ("belonging", "change"): lambda store, actor, key_id, seen: store.belonging.change(
        actor, key_id, "mia", {"tier": "gold"}, seen=seen
    ),
    ("naming", "rename"): lambda store, actor, key_id, seen: store.naming.rename(
        actor, key_id, "Shop front", seen=seen
    ),
    ("limits", "set_key"): lambda store, actor, key_id, seen: store.limits.set_key(
        actor, key_id, limits(["100/1m"]), seen=seen
    ),
    ("restrictions", "begin_at"): lambda store, actor, key_id, seen: store.restrictions.begin_at(
        actor, key_id, None, seen=seen
    ),
    ("restrictions", "set_networks"): lambda store, actor, key_id, seen: (
        store.restrictions.set_networks(actor, key_id, NETWORKS, seen=seen)
    ),
}


def test_every_use_case_that_takes_what_was_seen_is_tried_below() -> None:
    found = {
        (name, method)
        for name, service in services().items()
        for method, function in inspect.getmembers(service, inspect.isfunction)
        if not method.startswith("_") and get_type_hints(function).get("seen") == int | None
    }
    assert found == set(LOCKED)


@pytest.mark.parametrize("name", LOCKED, ids=".".join)
def test_what_was_changed_since_it_was_seen_is_not_changed_and_says_who_did_what(
    house: House, name: tuple[str, str]
) -> None:
    store, change = house.store, LOCKED[name]
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    found: Any
    if name[0] == "connections":
        found = house.connect("Claude", "availability:read events:read events:write")
        narrower = granted_scopes("availability:read events:read")
        store.connections.narrow(mia, found.id, narrower)
    else:
        granted = granted_scopes("events:read events:write")
        later = house.clock.now() + 400 * DAY if name == ("restrictions", "begin_at") else None
        wanted = NewKey("Website", granted, None, not_before=later)
        issued = store.keys.create(house.alice, wanted)
        house.clock.advance(100 * DAY)
        use(house, issued.key, "events:read")
        found = store.keys.show(house.alice, issued.key.id)
        for days in range(1, MOST_TOLD + 2):
            store.keys.extend(mia, found.id, house.clock.now() + (500 + days) * DAY)
    revision = store.revision()
    with pytest.raises(ChangedMeanwhile) as caught:
        change(store, house.alice, found.id, found.revision)
    assert "by mia@acme.example" in str(caught.value)
    assert len(caught.value.changes) <= MOST_TOLD
    assert store.revision() == revision
    # As it is now, or unseen, it is what is meant.
    service = store.connections if name[0] == "connections" else store.keys
    change(store, house.alice, found.id, service.show(house.alice, found.id).revision)
