"""Whom keys belong to and how they are labelled: of the lineage, found, and stopped by it."""

import pytest

from store.domain import labels
from store.domain.filtering import terms
from store.domain.keys import Key
from store.domain.listing import KeyQuery
from store.domain.stops import StopKind, Target
from store.domain.times import HOUR
from store.errors import AlreadyStopped, ChangedMeanwhile, Invalid, NotStopped
from store.service.keys import NewKey
from tests.house import House, granted_scopes

MIA = Target(StopKind.OWNER, "Mia GmbH")
GOLD = Target(StopKind.LABEL, "tier=gold")


def found(house: House, text: str) -> list[str]:
    """Return the names of keys that a filter finds, by each way there is to them."""
    query = KeyQuery(terms(text))
    page = house.store.keys.page(house.alice, query)
    assert house.store.keys.found(house.alice, query).number == len(page.keys)
    return sorted(key.name for key in page.keys)


def stopped(house: House, key: Key) -> bool:
    """Return whether a key is stopped, by its own row and as lists find it."""
    noted = house.store.keys.show(house.alice, key.id).stopped_at is not None
    assert (key.name in found(house, "note:stopped")) is noted
    return noted


@pytest.mark.both_engines
def test_filters_find_keys_by_whom_they_belong_to_and_by_labels(house: House) -> None:
    create = house.store.keys.create
    given: tuple[dict[str, str], ...] = (
        {"tier": "gold"},
        {"tier": "golden"},
        {"tier": "gold", "team": "100% n_rth"},
        {},
    )
    for number, labelled in enumerate(given):
        owner = None if number == 3 else f"customer_{number}"
        wanted = NewKey(
            f"K{number}", granted_scopes("events:read"), None, None, (), owner, labelled
        )
        create(house.alice, wanted)
    assert found(house, "for:customer_1") == ["K1"]
    assert found(house, "for:customer") == []
    assert found(house, "-for:customer_1") == ["K0", "K2", "K3"]
    assert found(house, "label:tier=gold") == ["K0", "K2"]
    assert found(house, "label:tier") == ["K0", "K1", "K2"]
    assert found(house, "label:tier=GOLD") == found(house, "for:CUSTOMER_1") == []
    assert found(house, "label:ier=gold") == found(house, "label:tier=g_ld") == []
    assert found(house, 'label:"team=100% n_rth"') == ["K2"]
    assert found(house, "label:tier=gold -label:team") == ["K0"]
    assert found(house, "for:customer_2 label:tier=gold") == ["K2"]
    with house.store.transactions.reading() as unit:
        workspace = house.alice.workspace_id
        assert unit.belonging.owners(workspace, "customer_", 2) == ["customer_0", "customer_1"]
        assert len(unit.belonging.labels(workspace, 9)) == 3
    for wrong in ("for:", "label:", "label:=gold", "label:tier="):
        with pytest.raises(Invalid):
            terms(wrong)


@pytest.mark.both_engines
def test_a_stop_is_of_whoever_has_the_owner_or_the_label_and_for_as_long(house: House) -> None:
    store, alice = house.store, house.alice
    own, other = house.create("Own").key, house.create("Other").key
    store.belonging.set_owner(alice, own.id, "Mia GmbH").unwaited()
    assert store.stops.in_use(alice, [MIA, GOLD]).active == 1
    # Nobody is labelled so yet: what will be is stopped all the same.
    done = store.stops.stop(alice, [MIA, GOLD], "robbed")
    assert len(done.commits) == 1
    assert (stopped(house, own), stopped(house, other)) == (True, False)
    with pytest.raises(AlreadyStopped, match="every key for Mia GmbH"):
        store.stops.stop(alice, [MIA])
    labelled = store.belonging.label(alice, other.id, {"tier": "gold"})
    assert len(labelled.commits) == 1
    assert stopped(house, other)
    assert not store.belonging.label(alice, other.id, {"tier": "silver"}).commits
    assert not stopped(house, other)
    made = NewKey("Later", granted_scopes("events:read"), None, owner="Mia GmbH")
    later = store.keys.create(alice, made).key
    assert stopped(house, later)
    successor = store.rotations.rotate(alice, own.id).unwaited().successor
    assert stopped(house, successor)
    with pytest.raises(NotStopped, match="what it belongs to is: keydeck resume --for 'Mia GmbH'"):
        store.stops.resume(alice, [Target(StopKind.KEY, own.id)])
    assert [stop.name for stop in store.stops.all(alice)] == ["tier=gold", "Mia GmbH"]
    store.stops.resume(alice, [MIA, GOLD])
    assert not any(stopped(house, key) for key in (own, other, later, successor))


def test_what_looks_like_a_key_and_what_is_too_much_is_refused(house: House) -> None:
    issued = house.create()
    secret, store, alice = issued.secret.reveal(), house.store, house.alice
    for owner in (secret, "", "x" * 129, 'a"b', "a\x1bb"):
        with pytest.raises(Invalid) as refused:
            store.belonging.set_owner(alice, issued.key.id, owner)
        assert secret not in str(refused.value)
    many = {f"l{number}": "x" for number in range(17)}
    for wrong in ({"tier": secret}, {"Tier!": "x"}, {"tier": "x" * 65}, many):
        with pytest.raises(Invalid) as refused:
            store.belonging.label(alice, issued.key.id, wrong)
        assert secret not in str(refused.value)
    key = store.belonging.label(alice, issued.key.id, {"tier": "gold", "env": "prod"}).unwaited()
    with pytest.raises(ChangedMeanwhile):
        store.belonging.set_owner(alice, key.id, "mia", seen=issued.key.revision)
    assert store.belonging.label(alice, key.id, {"env": ""}).unwaited().labels == {"tier": "gold"}


def test_saying_the_same_again_changes_nothing_that_anybody_has_on_a_screen(house: House) -> None:
    store, alice = house.store, house.alice
    key = store.belonging.label(alice, house.create().key.id, {"tier": "gold"}).unwaited()
    key = store.belonging.set_owner(alice, key.id, "mia").unwaited()
    entries = store.audit_trail.newest(alice)
    house.clock.advance(HOUR)
    again = store.belonging.label(alice, key.id, {"tier": "gold", "env": ""}).unwaited()
    assert again.revision == key.revision
    assert store.belonging.set_owner(alice, key.id, "mia").unwaited().revision == key.revision
    store.belonging.set_both(alice, key.id, "mia", {"tier": "gold"}, seen=key.revision).unwaited()
    assert store.keys.show(alice, key.id).revision == key.revision
    assert store.audit_trail.newest(alice) == entries


def test_it_is_waited_for_where_the_other_key_of_a_rotating_pair_is_stopped(house: House) -> None:
    store, alice = house.store, house.alice
    old = house.create().key
    new = store.rotations.rotate(alice, old.id).unwaited().successor
    store.stops.stop(alice, [Target(StopKind.KEY, old.id)])
    store.stops.stop(alice, [MIA, GOLD])
    assert len(store.belonging.set_owner(alice, old.id, "Mia GmbH").commits) == 1
    assert stopped(house, new)
    store.belonging.set_owner(alice, old.id, None).unwaited()
    assert len(store.belonging.label(alice, old.id, {"tier": "gold"}).commits) == 1
    # Both are: who owns them takes nothing away any more.
    assert not store.belonging.set_owner(alice, old.id, "Mia GmbH").commits


@pytest.mark.both_engines
def test_what_belongs_to_a_key_fits_in_an_index_and_in_an_answers_head(house: House) -> None:
    store, alice = house.store, house.alice
    key = house.create().key
    # Of the most bytes that are taken, and hard to compress.
    letters = [chr(0x4E00 + number * 131 % 20000) for number in range(220)]
    values = {
        f"l{number:02}": "".join(letters[at : at + 31])
        for number, at in enumerate(range(0, 217, 31))
    }
    told = labels.to_stored(values) or ""
    values["rest"] = "x" * (labels.LONGEST_TOLD - len(told) - len(" rest="))
    assert len(labels.to_stored(values) or "") == labels.LONGEST_TOLD
    assert store.belonging.label(alice, key.id, values).unwaited().labels == values
    with pytest.raises(Invalid, match=r"2,001 bytes as a header tells them; 2,000 is the most"):
        store.belonging.label(alice, key.id, {"rest": values["rest"] + "x"})
    with pytest.raises(Invalid, match=r"9,295 bytes"):
        labels.labels(f"l{number:02}={'中' * 64}" for number in range(16))
    owner = "".join(letters[:56])
    assert store.belonging.set_owner(alice, key.id, owner).unwaited().owner == owner
    with pytest.raises(Invalid, match=r"513 bytes as a header tells it; 512 is the most"):
        store.belonging.set_owner(alice, key.id, owner + "x" * 9)
