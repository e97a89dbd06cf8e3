"""Reading the audit: pages, what is new, what is sought, and whose it is."""

import pytest

from store.credentials.peppers import Peppers
from store.domain.audit.changes import changed
from store.domain.audit.entry import UNREADABLE, AuditEntry, Sought
from store.domain.people import Role
from store.errors import AdminsOnly, NotAMember
from tests.house import House, meddle

pytestmark = pytest.mark.both_engines


def actions(found: list[AuditEntry]) -> list[str]:
    """Return what was done, in order."""
    return [entry.action for entry in found]


def test_pages_meet_without_a_gap_and_what_is_new_comes_before_them(house: House) -> None:
    trail, alice = house.store.audit_trail, house.alice
    for name in ("One", "Two", "Three"):
        house.create(name)
    first = trail.newest(alice, limit=2)
    rest = trail.newest(alice, before=first[-1].seq)
    assert [one.subject_name for one in (*first, *rest)][:3] == ["Three", "Two", "One"]
    latest = trail.latest(alice)
    assert latest == first[0].seq == len(first) + len(rest)
    house.store.keys.revoke(alice, "One")
    assert actions(trail.newest(alice, after=latest)) == ["key.revoked"]


def test_every_sought_word_is_in_a_column_or_means_an_action(house: House) -> None:
    trail, alice = house.store.audit_trail, house.alice
    issued = house.create("100%_sure")
    house.create("Website")
    house.store.keys.revoke(alice, "Website", "it leaked")

    def found(*sought: Sought) -> list[str]:
        return [f"{one.action} {one.subject_name}" for one in trail.newest(alice, sought=sought)]

    assert found(Sought("WEBSITE")) == ["key.revoked Website", "key.created Website"]
    assert found(Sought("website"), Sought("leaked")) == ["key.revoked Website"]
    assert found(Sought("100%_")) == ["key.created 100%_sure"]
    assert found(Sought("%")) == ["key.created 100%_sure"]
    assert found(Sought(issued.key.id)) == ["key.created 100%_sure"]
    assert found(Sought("made", ("key.created",)), Sought("web")) == ["key.created Website"]
    assert found(Sought("nothing")) == []


def test_a_workspace_never_reads_anothers(house: House) -> None:
    trail = house.store.audit_trail
    before = trail.latest(house.bob)
    house.create("Acme's")
    assert trail.latest(house.bob) == before
    assert trail.newest(house.bob, sought=[Sought("Acme")]) == []
    assert {one.workspace_id for one in trail.newest(house.bob)} == {house.bob.workspace_id}


def test_only_admins_read_it_and_that_is_looked_up_anew(house: House) -> None:
    mia = house.add_member(role=Role.ADMIN)
    assert house.store.audit_trail.latest(mia) > 0
    house.store.people.set_role(house.alice, mia.email, Role.MEMBER)
    for read in (house.store.audit_trail.latest, house.store.audit_trail.newest):
        with pytest.raises(AdminsOnly, match="read the audit"):
            read(mia)
    house.store.people.leave(house.alice, mia.email)
    with pytest.raises(NotAMember):
        house.store.audit_trail.latest(mia)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "change",
    ["details = 'no JSON'", "details = '[1]'", "actor = x'ff'", "at = 'noon'", "at = 1 << 60"],
)
def test_a_row_that_is_no_entry_any_more_is_listed_as_unreadable(house: House, change: str) -> None:
    issued, alice = house.create("Website"), house.alice
    latest = house.store.audit_trail.latest(alice)
    meddle(house, f"UPDATE audit SET {change} WHERE workspace_id = 1 AND seq = {latest}")
    newest, *others = house.store.audit_trail.newest(alice)
    assert (newest.seq, newest.action) == (latest, UNREADABLE)
    assert UNREADABLE not in actions(others)
    assert house.store.keys.details(alice, issued.key.id).history[0].action == UNREADABLE
    house.store.keys.revoke(alice, "Website")
    assert actions(house.store.audit_trail.newest(alice, limit=2)) == ["key.revoked", UNREADABLE]


@pytest.mark.sqlite_only
def test_details_that_somebody_rewrote_change_nothing_that_can_be_told(house: House) -> None:
    issued = house.create("Website")
    meddle(house, """UPDATE audit SET details = '{"scopes": 1}' WHERE action = 'key.created'""")
    [created] = house.store.keys.details(house.alice, issued.key.id).history
    assert changed(created) == ""


def test_what_was_tied_before_keys_were_derived_by_hkdf_is_intact_still(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Peppers, "derive", Peppers.derive_unexpanded)
        house.create("Website")
    house.create("Zapier")
    finding = house.store.audit_trail.verify(house.alice)
    assert (finding.trouble, finding.intact) == (None, house.store.audit_trail.latest(house.alice))
