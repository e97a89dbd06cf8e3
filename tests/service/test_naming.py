"""What a key is called, and who is named as its holder: each change told, none undone unseen."""

from pathlib import Path

import pytest

from console.text.why_words import facts
from store.domain.audit.actions import Action
from store.domain.people import KnownBy, Role
from store.domain.times import DAY
from store.errors import Invalid, KeyExpired, NameTaken, NoSuchKey, NoSuchPerson
from store.operations.audit_archive import archive
from store.service.key_access import find_key
from tests.house import House
from tests.invariants.prepared import refused

MIA = "mia@acme.example"


@pytest.mark.both_engines
def test_a_key_is_renamed_with_the_one_that_replaces_it_and_its_old_name_is_free(
    house: House,
) -> None:
    store, alice = house.store, house.alice
    old = house.create("Website").key
    new = store.rotations.rotate(alice, old.id, overlap_ms=DAY).unwaited().successor
    # Both have the name, so it is either.
    renamed = store.naming.rename(alice, "Website", "  Shop front ")
    assert (renamed.before, renamed.key.id, renamed.key.name) == ("Website", new.id, "Shop front")
    assert {store.keys.show(alice, key.id).name for key in (old, new)} == {"Shop front"}
    told = [one for one in store.audit_trail.newest(alice) if one.action == Action.KEY_RENAMED]
    assert {(one.subject, one.details["before"], one.details["name"]) for one in told} == {
        (key.id, "Website", "Shop front") for key in (old, new)
    }
    assert house.create("Website").key.id not in (old.id, new.id)
    # Verifiers tell the name with an answer: what they remember has to be another.
    with store.transactions.reading() as unit:
        assert unit.keys.credential(alice.workspace_id, new.id).name == "Shop front"
    assert renamed.key.revision == told[0].revision


def test_a_name_that_is_anothers_its_own_or_none_is_refused_and_case_is_its_own_to_change(
    house: House,
) -> None:
    store, alice = house.store, house.alice
    key = house.create("Website").key
    other = house.create("Zapier").key
    for name, refusal in (
        ("zapier", NameTaken),
        ("Website", Invalid),
        ("", Invalid),
        ("bad\x1bname", Invalid),
        (f"jw_{other.id}", Invalid),
        (other.id, Invalid),
    ):
        with pytest.raises(refusal):
            store.naming.rename(alice, key.id, name)
    assert store.naming.rename(alice, key.id, "WEBSITE").key.name == "WEBSITE"
    with pytest.raises(NoSuchKey):
        store.naming.rename(alice, "Nothing like it", "Name")
    house.clock.advance(91 * DAY)
    with pytest.raises(KeyExpired):
        store.naming.rename(alice, key.id, "Too late")


def test_why_names_a_key_as_it_was_called_then_and_tells_the_name_of_before(house: House) -> None:
    store, alice = house.store, house.alice
    key = house.create("Website").key
    request_id = refused(house, key)
    house.clock.advance(DAY)
    store.naming.rename(alice, key.id, "Shop front")
    house.clock.advance(DAY)
    store.naming.rename(alice, key.id, "Front")
    then, now = (store.why.explain(alice, one) for one in (request_id, key.id))
    assert then.whose is not None
    assert (then.whose.key.name, then.whose.called_at(then.at)) == ("Front", "Website")
    assert now.whose is not None
    assert [name for _, name in now.whose.names] == ["Website", "Shop front"]
    assert now.whose.called_at(now.at) == "Front"


def test_why_says_nothing_of_names_that_a_key_had_before_what_is_kept_of_the_audit(
    house: House, tmp_path: Path
) -> None:
    store, alice = house.store, house.alice
    key = house.create("Website").key
    request_id = refused(house, key)
    house.clock.advance(DAY)
    store.naming.rename(alice, key.id, "Shop front")
    until = store.audit_trail.anchor(alice)
    house.create("Kept")
    house.clock.advance(DAY)
    store.naming.rename(alice, key.id, "Front")
    assert until is not None
    archive(store, store.operator.workspace("acme-events"), tmp_path / "audit.jsonl", until)
    then, now = (store.why.explain(alice, one) for one in (request_id, key.id))
    assert then.whose is not None
    assert then.whose.called_at(then.at) is None, "it was Website, and who knows that now?"
    said = [value for _, value in facts(then, house.clock.now(), store.prefix)]
    assert not [one for one in said if "Shop front" in one]
    assert any("Front" in one for one in said)
    assert now.whose is not None
    assert now.whose.called_at(now.at - 1) == "Shop front"
    assert now.whose.called_at(now.at) == "Front"


@pytest.mark.both_engines
def test_holders_are_named_once_each_and_handed_on_unless_a_rotation_names_others(
    house: House,
) -> None:
    store, alice = house.store, house.alice
    house.add_member(MIA)
    house.add_member("tom@acme.example", Role.ADMIN)
    key = house.create("Website").key
    before = store.revision()
    named = store.holders.name(alice, key.id, [MIA, MIA.upper()])
    assert [(one.email, one.how) for one in named.holders if one.how is KnownBy.CUSTODIAN] == [
        (MIA, KnownBy.CUSTODIAN)
    ]
    newest = store.audit_trail.latest(alice)
    assert store.holders.name(alice, key.id, [MIA]) == named
    assert (store.audit_trail.latest(alice), store.revision()) == (newest, before)
    with pytest.raises(NoSuchPerson):
        store.holders.name(alice, key.id, ["tom@acme.example", house.bob.email])
    assert store.holders.of(alice, key.id).holders == named.holders
    handed = store.rotations.rotate(alice, key.id).unwaited().successor
    assert _named(house, handed.id) == {MIA}
    store.keys.revoke(alice, key.id)
    others = store.rotations.rotate(alice, handed.id, holders=["tom@acme.example"])
    assert _named(house, others.unwaited().successor.id) == {"tom@acme.example"}
    fifth, tom = house.create("Fifth").key, "tom@acme.example"
    told: list[tuple[list[str] | None, set[str]]]
    told = [(None, set()), ([tom], {tom}), ([MIA], {MIA}), (None, {MIA}), ([], set())]
    for given, held in told:
        anew = store.rotations.rotate(alice, fifth.id, token="t", holders=given).unwaited()
        assert _named(house, anew.successor.id) == held, "of the secret that was minted last"
    nobody = house.create("Nobody's").key
    store.holders.name(alice, nobody.id, [MIA])
    rotated = store.rotations.rotate(alice, nobody.id, holders=()).unwaited()
    assert _named(house, rotated.successor.id) == set()
    with pytest.raises(NoSuchPerson):
        store.rotations.rotate(alice, house.create("Third").key.id, holders=[house.bob.email])


def _named(house: House, key_id: str) -> set[str]:
    holders = house.store.holders.of(house.alice, key_id).holders
    return {one.email for one in holders if one.how is KnownBy.CUSTODIAN}


@pytest.mark.both_engines
def test_a_name_of_before_finds_no_key_but_leads_to_the_one_that_was_last_called_so(
    house: House,
) -> None:
    store, alice = house.store, house.alice
    first, second = house.create("Website").key, house.create("Zapier").key
    store.naming.rename(alice, first.id, "Shop front")
    store.naming.rename(alice, first.id, "Front")
    for verb in (False, True):
        with (
            store.transactions.reading() as unit,
            pytest.raises(NoSuchKey, match="any more: it is called “Front” now"),
        ):
            find_key(unit, alice.workspace_id, "jw", "WEBSITE", verb=verb)
    store.naming.rename(alice, second.id, "Website")
    assert store.keys.show(alice, "Website").id == second.id
    store.naming.rename(alice, second.id, "Site")
    with pytest.raises(NoSuchKey, match="it is called “Site” now"):
        store.keys.show(alice, "Website")
    for actor, name in ((alice, "Nothing like it"), (house.bob, "Website")):
        with pytest.raises(NoSuchKey) as caught:
            store.keys.show(actor, name)
        assert caught.value.called_now is None
