"""People: who may do what to whom, and that at least one admin always remains."""

import time

import pytest

from store.domain.key_string import Secret
from store.domain.people import Actor, Plan, Role
from store.domain.times import DAY
from store.errors import (
    AdminsOnly,
    AlreadyAMember,
    AlreadyEnrolled,
    AmbiguousPerson,
    EnrolmentInvalid,
    Invalid,
    InvitationPending,
    LastAdmin,
    NoSuchPerson,
    NoSuchWorkspace,
    NotAMember,
    SignInFailed,
)
from store.persistence.repositories import holders
from store.service import connections
from store.service.keys import NewKey
from store.service.one_time_codes import LIFETIME
from store.service.people import KeyCounts
from tests.house import PASSWORD, House, granted_scopes

pytestmark = pytest.mark.both_engines

MIA = "mia@acme.example"


def enrol(house: House, code: Secret, email: str = MIA, password: str = PASSWORD) -> Actor:
    """Choose a password with a code."""
    return house.store.sign_in.enrol(email, code, Secret(password), "acme-events")


def invite(house: House, email: str = MIA, role: Role = Role.MEMBER) -> Secret:
    """Add somebody new and return their code."""
    return house.store.people.add(house.alice, email, "Mia", role).code


def test_somebody_new_chooses_a_password_with_a_code_that_works_once(house: House) -> None:
    code = invite(house)
    mia = enrol(house, code)
    assert house.store.sign_in.sign_in(MIA, Secret(PASSWORD)).person_id == mia.person_id
    with pytest.raises(EnrolmentInvalid, match="wrong, used or out of date"):
        enrol(house, code, password="another password")
    house.clock.advance(60_000)
    assert house.store.sign_in.sign_in(MIA, Secret(PASSWORD))


def test_before_enrolment_no_password_signs_in(house: House) -> None:
    invite(house)
    for password in ("", PASSWORD):
        with pytest.raises(SignInFailed):
            house.store.sign_in.sign_in(MIA, Secret(password))
        house.clock.advance(60_000)


@pytest.mark.parametrize(("later", "good"), [(LIFETIME - 1, True), (LIFETIME, False)])
def test_a_code_is_good_for_seven_days(house: House, later: int, good: bool) -> None:
    code = invite(house)
    house.clock.advance(later)
    if good:
        enrol(house, code)
    else:
        with pytest.raises(EnrolmentInvalid):
            enrol(house, code)


def test_a_code_may_be_typed_without_its_dashes_and_belongs_to_one_person(house: House) -> None:
    code = invite(house)
    other = invite(house, "tom@acme.example")
    with pytest.raises(EnrolmentInvalid):
        enrol(house, other)
    house.clock.advance(60_000)
    enrol(house, Secret(f" {code.reveal().replace('-', '')} "))


def test_a_short_password_is_refused_and_the_code_stays_good(house: House) -> None:
    code = invite(house)
    with pytest.raises(Invalid, match="8 is the least"):
        enrol(house, code, password="short")
    enrol(house, code)


def test_a_newer_code_replaces_the_older_and_the_password_works_until_it_is_used(
    house: House,
) -> None:
    enrol(house, invite(house))
    first = house.store.operator.new_code(MIA)
    second = house.store.operator.new_code(MIA)
    assert house.store.sign_in.sign_in(MIA, Secret(PASSWORD))
    with pytest.raises(EnrolmentInvalid):
        enrol(house, first)
    house.clock.advance(60_000)
    enrol(house, second, password="a new password")
    with pytest.raises(SignInFailed):
        house.store.sign_in.sign_in(MIA, Secret(PASSWORD))


def test_whoever_is_in_elsewhere_accepts_with_this_workspaces_code_and_keeps_their_password(
    house: House,
) -> None:
    added = house.store.people.add(house.alice, "Bob@Bolt.example", "Robert", Role.ADMIN)
    assert (added.person.name, added.person.enrolled) == ("Robert", False)
    with pytest.raises(NoSuchWorkspace):
        house.store.sign_in.sign_in("bob@bolt.example", Secret(PASSWORD), "acme-events")
    invitation = house.store.invitations.look(house.bob, added.code)
    assert invitation.workspace.slug == "acme-events"
    assert (invitation.role, invitation.vouched_by) == (Role.ADMIN, house.alice.email)
    accepted = house.store.invitations.accept(house.bob, added.code)
    both = house.store.sign_in.sign_in("bob@bolt.example", Secret(PASSWORD), "acme-events")
    assert both == accepted
    assert both.workspace_id == house.alice.workspace_id
    assert [one.slug for one in house.store.sign_in.theirs(both)] == [
        "acme-events",
        "bolt-catering",
    ]
    with pytest.raises(EnrolmentInvalid):
        house.store.invitations.accept(house.bob, added.code)


def test_a_member_is_added_once_however_the_e_mail_is_written(house: House) -> None:
    invite(house)
    with pytest.raises(AlreadyAMember):
        house.store.people.add(house.alice, MIA.upper(), "Mia")


def test_the_last_admin_neither_leaves_nor_steps_down(house: House) -> None:
    mia = house.add_member(role=Role.ADMIN)
    house.store.people.set_role(house.alice, MIA, Role.MEMBER)
    with pytest.raises(LastAdmin, match="Make somebody else an admin first"):
        house.store.people.leave(house.alice, "alice@acme.example")
    with pytest.raises(LastAdmin):
        house.store.people.set_role(house.alice, "alice@acme.example", Role.MEMBER)
    house.store.people.set_role(house.alice, MIA, Role.ADMIN)
    house.store.people.leave(mia, "alice@acme.example")
    with pytest.raises(NotAMember):
        house.store.keys.counts(house.alice)


def test_whoever_leaves_the_last_workspace_can_no_longer_sign_in(house: House) -> None:
    house.add_member()
    house.store.people.leave(house.alice, MIA)
    with pytest.raises(SignInFailed):
        house.store.sign_in.sign_in(MIA, Secret(PASSWORD))
    code = invite(house)
    house.clock.advance(60_000)
    enrol(house, code)


def test_leaving_one_of_two_workspaces_leaves_the_other(house: House) -> None:
    house.accept(house.alice, house.bob)
    house.store.people.leave(house.alice, "bob@bolt.example")
    assert house.store.sign_in.sign_in("bob@bolt.example", Secret(PASSWORD))
    with pytest.raises(NoSuchPerson):
        house.store.people.leave(house.alice, "bob@bolt.example")


def test_members_see_the_people_and_change_nobody(house: House) -> None:
    mia = house.add_member()
    assert {one.email for one in house.store.people.all(mia)} == {"alice@acme.example", MIA}
    for call in (
        lambda: house.store.people.add(mia, "x@y.example", "x"),
        lambda: house.store.people.set_role(mia, MIA, Role.ADMIN),
        lambda: house.store.people.leave(mia, MIA),
        lambda: house.store.people.invite_anew(mia, MIA),
        lambda: house.store.people.parts(mia),
        lambda: house.store.audit_trail.newest(mia),
    ):
        with pytest.raises(AdminsOnly):
            call()


def test_a_role_taken_away_counts_at_once(house: House) -> None:
    mia = house.add_member(role=Role.ADMIN)
    house.store.keys.counts(mia)
    house.store.people.set_role(house.alice, MIA, Role.MEMBER)
    with pytest.raises(AdminsOnly):
        house.store.keys.counts(mia)


def test_a_known_e_mail_opens_another_workspace_only_with_its_own_password(house: House) -> None:
    add = house.store.operator.add_workspace
    with pytest.raises(SignInFailed):
        add("Third", "alice@acme.example", Secret("another password"))
    made = add("Third", "alice@acme.example", Secret(PASSWORD), plan=Plan.FREE)
    assert made.slug == "third"
    assert house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "third")
    third = house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "third")
    assert house.store.operator.person_id("alice@acme.example") == house.alice.person_id
    assert house.store.operator.person_id("alice@acme.example", "third") == third.person_id
    assert len(house.store.sign_in.theirs(third)) == 2


def test_the_operator_gives_codes_to_members_only(house: House) -> None:
    for email in ("nobody@acme.example", "", "alice"):
        with pytest.raises(NoSuchPerson):
            house.store.operator.new_code(email)


def test_whoever_has_not_enrolled_is_invited_anew_and_the_older_code_ends(house: House) -> None:
    first = invite(house)
    house.clock.advance(LIFETIME)
    second = house.store.people.invite_anew(house.alice, MIA)
    [mia] = [one for one in house.store.people.all(house.alice) if one.email == MIA]
    assert mia.code_until == house.clock.now() + LIFETIME
    with pytest.raises(EnrolmentInvalid):
        enrol(house, first)
    house.clock.advance(60_000)
    enrol(house, second)
    with pytest.raises(AlreadyEnrolled, match="has chosen a password"):
        house.store.people.invite_anew(house.alice, MIA)
    with pytest.raises(NoSuchPerson):
        house.store.people.invite_anew(house.alice, "bob@bolt.example")


def test_what_is_chosen_with_a_code_opens_who_gave_it_and_nothing_else(house: House) -> None:
    first = house.store.people.add(house.bob, MIA, "Mia", Role.ADMIN).code
    second = invite(house, role=Role.ADMIN)
    with pytest.raises(NoSuchWorkspace):
        house.store.sign_in.enrol(MIA, first, Secret("chosen in bolt"), "acme-events")
    theirs = house.store.sign_in.enrol(MIA, first, Secret("chosen in bolt"))
    assert theirs.workspace_id == house.bob.workspace_id
    assert [one.slug for one in house.store.sign_in.theirs(theirs)] == ["bolt-catering"]
    ours = enrol(house, second, password="chosen in acme")
    for password, slug, actor in (
        ("chosen in bolt", "bolt-catering", theirs),
        ("chosen in acme", "acme-events", ours),
    ):
        for named in (None, slug):
            assert house.store.sign_in.sign_in(MIA, Secret(password), named) == actor
    with pytest.raises(AlreadyEnrolled):
        house.store.people.invite_anew(house.alice, MIA)


def test_the_operator_names_the_workspace_of_an_e_mail_that_signs_in_apart(house: House) -> None:
    bolts = house.store.people.add(house.bob, MIA, "Mia").code
    operator = house.store.operator
    assert operator.person_id(MIA, "bolt-catering") == operator.person_id(MIA)
    house.store.sign_in.enrol(MIA, bolts, Secret("chosen in bolt"))
    ours = invite(house)
    assert operator.person_id(MIA) == operator.person_id(MIA, "bolt-catering"), "who has accepted"
    enrol(house, ours)
    for asked in (operator.new_code, operator.person_id):
        with pytest.raises(AmbiguousPerson, match="acme-events, bolt-catering"):
            asked(MIA)
    enrol(house, operator.new_code(MIA, "acme-events"), password="chosen again")
    assert house.store.sign_in.sign_in(MIA, Secret("chosen in bolt"))
    with pytest.raises(NoSuchPerson):
        operator.new_code("bob@bolt.example", "acme-events")


def test_a_code_given_before_leaving_is_void_and_what_they_know_is_counted_on(
    house: House,
) -> None:
    mia = house.add_member(role=Role.ADMIN)
    house.create("Hers", actor=mia)
    code = house.store.operator.new_code(MIA)
    house.store.people.leave(house.alice, MIA)
    again = invite(house)
    with pytest.raises(EnrolmentInvalid):
        enrol(house, code)
    house.clock.advance(60_000)
    back = enrol(house, again)
    assert back.person_id != mia.person_id
    assert house.store.people.parts(house.alice)[back.person_id] == KeyCounts(1, 1)
    with pytest.raises(NotAMember):
        house.store.sign_in.by_ssh_key(mia.person_id)
    with pytest.raises(NotAMember):
        house.store.keys.counts(mia)
    house.store.people.leave(house.alice, MIA)
    with pytest.raises(EnrolmentInvalid):
        enrol(house, again)


def test_an_invitation_taken_back_is_void_and_its_role_is_what_it_was_when_accepted(
    house: House,
) -> None:
    code = invite(house, role=Role.ADMIN)
    house.store.people.set_role(house.alice, MIA, Role.MEMBER)
    mia = enrol(house, code)
    assert house.store.sign_in.standing(mia).role is Role.MEMBER
    taken_back = house.store.people.add(house.alice, "bob@bolt.example", "Bob").code
    house.store.people.leave(house.alice, "bob@bolt.example")
    with pytest.raises(EnrolmentInvalid):
        house.store.invitations.accept(house.bob, taken_back)


def test_ssh_lets_nobody_in_who_has_not_accepted(house: House) -> None:
    added = house.store.people.add(house.alice, MIA, "Mia")
    with pytest.raises(InvitationPending, match="waits for you: accept it with the code from"):
        house.store.sign_in.by_ssh_key(added.person.id)
    with pytest.raises(EnrolmentInvalid):
        house.store.invitations.accept_by_ssh_key(added.person.id, Secret("wrong"))
    house.clock.advance(60_000)
    mia = house.store.invitations.accept_by_ssh_key(added.person.id, added.code)
    assert house.store.sign_in.by_ssh_key(mia.person_id, "acme-events") == mia
    with pytest.raises(EnrolmentInvalid):
        enrol(house, added.code)
    with pytest.raises(AlreadyEnrolled):
        house.store.people.invite_anew(house.alice, MIA)


def test_parts_count_the_active_keys_that_somebody_made_and_may_know(house: House) -> None:
    mia = house.add_member(role=Role.ADMIN)
    ends = house.clock.now() + DAY
    for name in ("One", "Two"):
        wanted = NewKey(name, granted_scopes("events:read"), ends, holders=[MIA])
        house.store.keys.create(house.alice, wanted)
    house.create("Three", actor=mia)
    house.create("Bolt's", actor=house.bob)
    house.store.keys.revoke(house.alice, "One")
    everyone = house.store.people.parts(house.alice)
    assert everyone == {house.alice.person_id: KeyCounts(1, 1), mia.person_id: KeyCounts(1, 2)}
    house.clock.advance(DAY)
    assert house.store.people.parts(house.alice) == {mia.person_id: KeyCounts(1, 1)}


def test_of_whoever_may_know_very_many_keys_the_latest_are_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "LOOKED_AT", 3)
    mia = house.add_member(role=Role.ADMIN)
    made = []
    for name in ("One", "Two", "Three", "Four"):
        made.append(house.create(name, actor=mia).key)
        house.clock.advance(1000)
    parts = house.store.people.parts
    assert parts(house.alice) == {mia.person_id: KeyCounts(3, 3, more=True)}
    house.store.keys.revoke(house.alice, made[3].id)
    assert parts(house.alice) == {mia.person_id: KeyCounts(2, 2, more=True)}
    for dead in made[1:3]:
        house.store.keys.revoke(house.alice, dead.id)
    assert parts(house.alice) == {mia.person_id: KeyCounts(0, 0, more=True)}


def test_an_admin_who_cannot_sign_in_yet_does_not_count_as_another(house: House) -> None:
    house.store.people.add(house.alice, "bob@acme.example", "Bob", Role.ADMIN)
    with pytest.raises(LastAdmin):
        house.store.people.set_role(house.alice, house.alice.email, Role.MEMBER)
    house.store.people.set_role(house.alice, "bob@acme.example", Role.MEMBER)
    house.add_member("mia@acme.example", Role.ADMIN)
    house.store.people.set_role(house.alice, house.alice.email, Role.MEMBER)


def test_leaving_that_was_cut_off_goes_on_and_nothing_of_theirs_outlives_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    def cut(_: float) -> None:
        raise Cut

    mia = house.add_member(MIA, Role.ADMIN)
    theirs = {house.connect(f"Claude {one}", actor=mia).id for one in range(3)}
    monkeypatch.setattr(connections, "ENDED_AT_ONCE", 1)
    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", cut)
        with pytest.raises(Cut):
            house.store.people.leave(house.alice, MIA)
    # Whatever is left of theirs can be seen, and ended by the same word.
    assert [person.email for person in house.store.people.all(house.alice)].count(MIA) == 1
    left, commits = house.store.people.leave(house.alice, MIA).unpack()
    assert {one.id for one in left.connections} < theirs
    assert len(commits) == len(left.connections) == 2
    assert all(one.revoked_at for one in house.store.connections.all(house.alice))
    with pytest.raises(NotAMember):
        house.store.people.all(mia)
