"""SSH keys in the store: whose they are, what they open, and when that ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from store.domain.key_string import Secret
from store.domain.people import Role
from store.errors import (
    NoSuchPerson,
    NoSuchSshKey,
    NotAllowed,
    SshKeyKnown,
    SshKeyOver,
    TooManySshKeys,
)
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.restore import restore
from store.service import ssh_keys
from store.service.keys import NewKey
from tests.house import PASSWORD, House, granted_scopes
from tests.invariants.prepared import public_key

TOM = "tom@acme.example"


@pytest.mark.both_engines
def test_a_key_lets_in_until_its_person_is_in_no_workspace(house: House) -> None:
    store = house.store
    bob = house.accept(house.alice, house.bob, Role.ADMIN)
    key = store.ssh_keys.add(bob.email, public_key(house), "acme-events", looks_only=True)
    opened = store.ssh_keys.opens(key.fingerprint)
    assert opened == key
    assert store.sign_in.by_ssh_key(key.person_id, "bolt-catering") == house.bob
    assert store.ssh_keys.seen(house.alice) == {bob.person_id: [key]}
    assert store.ssh_keys.seen(house.bob) == {house.bob.person_id: [key]}
    for actor in (house.alice, house.bob):
        told = [one for one in store.audit_trail.newest(actor, limit=9) if "ssh_key" in one.action]
        assert [one.details["fingerprint"] for one in told] == [key.fingerprint]
    store.people.leave(house.alice, bob.email)
    assert store.ssh_keys.opens(key.fingerprint) == key, "the other workspace is theirs still"
    assert store.ssh_keys.seen(house.alice) == {}
    store.people.add(house.bob, TOM, "tom", Role.ADMIN)
    tom = house.accept(house.bob, house.alice, Role.ADMIN)
    store.people.leave(tom, bob.email)
    assert store.ssh_keys.opens(key.fingerprint) is None
    assert store.ssh_keys.all() == []
    left = store.audit_trail.newest(tom, limit=1)[0]
    assert left.details["ssh_keys"] == [key.fingerprint]


def test_a_key_lets_one_person_in_in_one_way(house: House) -> None:
    store, public = house.store, public_key(house)
    key = store.ssh_keys.add(house.alice.email, public)
    entries = store.audit_trail.latest(house.alice)
    assert store.ssh_keys.add(house.alice.email.upper(), public) == key
    assert store.audit_trail.latest(house.alice) == entries
    with pytest.raises(SshKeyKnown):
        store.ssh_keys.add(house.bob.email, public)
    with pytest.raises(SshKeyKnown):
        store.ssh_keys.add(house.alice.email, public, console=False)
    assert store.ssh_keys.remove(key.fingerprint) == key
    with pytest.raises(NoSuchSshKey):
        store.ssh_keys.remove(key.fingerprint)
    assert store.ssh_keys.opens(key.fingerprint) is None
    assert store.ssh_keys.add(house.bob.email, public).email == house.bob.email


def test_whoever_is_invited_comes_in_to_accept_and_not_once_that_is_taken_back(
    house: House,
) -> None:
    store = house.store
    added = store.people.add(house.alice, TOM, "tom")
    key = store.ssh_keys.add(TOM, public_key(house))
    assert store.ssh_keys.opens(key.fingerprint) == key
    store.people.leave(house.alice, TOM)
    assert store.ssh_keys.opens(key.fingerprint) is None
    with pytest.raises(NoSuchPerson):
        store.ssh_keys.add(TOM, public_key(house))
    again = store.people.add(house.alice, TOM, "tom")
    assert again.person.id != added.person.id
    assert store.ssh_keys.all(TOM) == []


def test_members_see_none_and_nobody_has_too_many(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_keys, "MOST", 2)
    mia = house.add_member("mia@acme.example")
    for _ in range(2):
        house.store.ssh_keys.add(mia.email, public_key(house))
    with pytest.raises(TooManySshKeys):
        house.store.ssh_keys.add(mia.email, public_key(house))
    with pytest.raises(NotAllowed):
        house.store.ssh_keys.seen(mia)


@pytest.mark.sqlite_only
def test_an_ssh_key_that_was_removed_since_the_copy_lets_nobody_in(
    house: House, tmp_path: Path
) -> None:
    ssh_keys, copy = house.store.ssh_keys, tmp_path / "copy.db"
    gone, moved, kept = (
        ssh_keys.add(house.alice.email, public_key(house)).public for _ in range(3)
    )
    back_up(house.url, copy)
    ssh_keys.remove(gone.fingerprint)
    ssh_keys.remove(moved.fingerprint)
    ssh_keys.add(house.bob.email, moved, console=False)
    later = ssh_keys.add(house.alice.email, public_key(house)).public
    house.store.operator.add_workspace("Third", "cleo@third.example", Secret(PASSWORD))
    third = ssh_keys.add("cleo@third.example", public_key(house)).public
    restore(house.url, copy, pepper_path=house.pepper_path, clock=house.clock)
    assert check(house.url, pepper_path=house.pepper_path) == []
    assert {one.public: (one.email, one.console) for one in ssh_keys.all()} == {
        kept: (house.alice.email, True),
        moved: (house.bob.email, False),
        later: (house.alice.email, True),
    }
    assert ssh_keys.opens(third.fingerprint) is None


def test_what_a_removed_key_had_opened_neither_looks_nor_changes_anything(house: House) -> None:
    store = house.store
    kept, key = (store.ssh_keys.add(house.alice.email, public_key(house)) for _ in range(2))
    by_kept, by_key = (replace(house.alice, ssh_key=one.came_by) for one in (kept, key))
    made = store.keys.create(by_key, NewKey("Website", granted_scopes("events:read"), None)).key
    store.ssh_keys.remove(key.fingerprint)
    for use in (
        lambda: store.keys.show(by_key, made.id),
        lambda: store.keys.revoke(by_key, made.id),
        lambda: store.people.all(by_key),
        lambda: store.sign_in.standing(by_key),
    ):
        with pytest.raises(SshKeyOver):
            use()
    # Another key of theirs goes on, and so does who came in by a line of sshd's own file.
    for actor in (by_kept, house.alice):
        assert store.keys.show(actor, made.id) == made


@pytest.mark.parametrize("again", ["nobody's", "theirs, to look only", "somebody else's"])
def test_what_a_removed_key_had_opened_goes_nowhere_else_whosever_it_is_by_then(
    house: House, again: str
) -> None:
    store, public = house.store, public_key(house)
    there = house.accept(house.bob, house.alice, Role.ADMIN)
    code = store.people.add(there, TOM, "tom").code
    came_by = store.ssh_keys.add(house.alice.email, public).came_by
    alice = store.sign_in.by_ssh_key(house.alice.person_id, "acme-events", came_by)
    assert alice == replace(house.alice, ssh_key=came_by)
    over = store.sign_in.switch(alice, "bolt-catering")
    assert over == replace(there, ssh_key=came_by), "they are in by the same key there"
    store.ssh_keys.remove(public.fingerprint)
    house.clock.advance(1)
    if again != "nobody's":
        whose = house.bob if again == "somebody else's" else house.alice
        store.ssh_keys.add(whose.email, public, looks_only=again != "somebody else's")
    secret = house.create(actor=house.bob).secret
    entries = [store.audit_trail.latest(one) for one in (house.alice, house.bob)]
    for use in (
        lambda: store.sign_in.standing(alice),
        lambda: store.sign_in.theirs(alice),
        lambda: store.sign_in.switch(alice, "bolt-catering"),
        lambda: store.sign_in.switch(over, "acme-events"),
        lambda: store.sign_in.by_ssh_key(alice.person_id, "acme-events", came_by),
        lambda: store.invitations.look(alice, code),
        lambda: store.invitations.accept(alice, code),
        lambda: store.invitations.accept_by_ssh_key(alice.person_id, code, came_by),
        lambda: store.leaks.check_may_look(alice),
        lambda: store.leaks.whose(alice, secret),
    ):
        with pytest.raises(SshKeyOver):
            use()
    assert [store.audit_trail.latest(one) for one in (house.alice, house.bob)] == entries


def test_a_key_that_is_somebody_elses_in_the_same_instant_is_another(house: House) -> None:
    public = public_key(house)
    came_by = house.store.ssh_keys.add(house.alice.email, public).came_by
    house.store.ssh_keys.remove(public.fingerprint)
    house.store.ssh_keys.add(house.bob.email, public)
    with pytest.raises(SshKeyOver):
        house.store.keys.create(
            replace(house.alice, ssh_key=came_by),
            NewKey("Website", granted_scopes("events:read"), None),
        )
