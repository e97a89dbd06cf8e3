"""People: who may do what to whom, and that at least one admin always remains."""

import pytest

from store.errors import (
    AdminsOnly,
    AlreadyAMember,
    AlreadyEnrolled,
    EnrolmentInvalid,
    Invalid,
    InvitedElsewhere,
    LastAdmin,
    NoSuchPerson,
    NotAMember,
    SignInFailed,
)
from store.people import Actor, Plan, Role
from store.secrets import Secret
from store.service.keys import NewKey
from store.service.people import CODE_LIFETIME, Part
from store.times import DAY
from tests.house import PASSWORD, House, granted_scopes

pytestmark = pytest.mark.both_engines

MIA = "mia@acme.example"


def enrol(house: House, code: Secret, email: str = MIA, password: str = PASSWORD) -> Actor:
    """Choose a password with a code."""
    return house.store.sign_in.enrol(email, code, Secret(password), "acme-events")


def invite(house: House, email: str = MIA, role: Role = Role.MEMBER) -> Secret:
    """Add somebody new and return their code."""
    code = house.store.people.add(house.alice, email, "Mia", role).code
    assert code is not None
    return code


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


@pytest.mark.parametrize(("later", "good"), [(CODE_LIFETIME - 1, True), (CODE_LIFETIME, False)])
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


def test_no_admin_ever_sets_the_password_of_a_known_e_mail(house: House) -> None:
    added = house.store.people.add(house.alice, "Bob@bolt.example", "Robert", Role.ADMIN)
    assert added.code is None
    assert added.person.email == "bob@bolt.example"
    assert added.person.name == "bob", "a name is its owner's too"
    both = house.store.sign_in.sign_in("bob@bolt.example", Secret(PASSWORD), "acme-events")
    assert both.workspace_id == house.alice.workspace_id


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
    house.store.people.add(house.alice, "bob@bolt.example", "bob")
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
        lambda: house.store.trail.newest(mia),
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
    assert house.store.operator.person_id("alice@acme.example") == house.alice.person_id


def test_the_operator_gives_codes_to_members_only(house: House) -> None:
    for email in ("nobody@acme.example", "", "alice"):
        with pytest.raises(NoSuchPerson):
            house.store.operator.new_code(email)


def test_whoever_has_not_enrolled_is_invited_anew_and_the_older_code_ends(house: House) -> None:
    first = invite(house)
    house.clock.advance(CODE_LIFETIME)
    second = house.store.people.invite_anew(house.alice, MIA)
    [mia] = [one for one in house.store.people.all(house.alice) if one.email == MIA]
    assert mia.code_until == house.clock.now() + CODE_LIFETIME
    with pytest.raises(EnrolmentInvalid):
        enrol(house, first)
    house.clock.advance(60_000)
    enrol(house, second)
    with pytest.raises(AlreadyEnrolled, match="has chosen a password"):
        house.store.people.invite_anew(house.alice, MIA)
    with pytest.raises(NoSuchPerson):
        house.store.people.invite_anew(house.alice, "bob@bolt.example")


def test_a_code_never_opens_a_workspace_that_somebody_else_invited_to(house: House) -> None:
    bolts = house.store.people.add(house.bob, MIA, "Mia", Role.ADMIN).code
    assert bolts is not None
    added = house.store.people.add(house.alice, MIA, "Mia")
    assert (added.code, added.person.enrolled) == (None, False)
    for actor in (house.alice, house.bob):
        with pytest.raises(InvitedElsewhere):
            house.store.people.invite_anew(actor, MIA)
    enrol(house, bolts)


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
    assert everyone == {house.alice.person_id: Part(1, 1), mia.person_id: Part(1, 2)}
    house.clock.advance(DAY)
    assert house.store.people.parts(house.alice) == {mia.person_id: Part(1, 1)}


def test_an_admin_who_cannot_sign_in_yet_does_not_count_as_another(house: House) -> None:
    house.store.people.add(house.alice, "bob@acme.example", "Bob", Role.ADMIN)
    with pytest.raises(LastAdmin):
        house.store.people.set_role(house.alice, house.alice.email, Role.MEMBER)
    house.store.people.set_role(house.alice, "bob@acme.example", Role.MEMBER)
    house.add_member("mia@acme.example", Role.ADMIN)
    house.store.people.set_role(house.alice, house.alice.email, Role.MEMBER)
