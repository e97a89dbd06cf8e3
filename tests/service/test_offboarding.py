"""Who may know which secret, and what becomes of it when they leave."""

import pytest

from store.domain.keys import State
from store.domain.offboarding import Decision, Offboarding
from store.domain.people import Actor, KnownBy, Role
from store.domain.times import DAY, HOUR
from store.errors import (
    AdminsOnly,
    Invalid,
    LastAdmin,
    NoSuchKey,
    NoSuchOffboarding,
    NotAMember,
    NotReplaced,
    NotTheirs,
    OffboardingOver,
    RotationNotRepeatable,
    StillToDecide,
    SuccessorNotStored,
)
from store.service import people
from store.service.keys import NewKey
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines

TOM = "tom@acme.example"


@pytest.fixture
def tom(house: House) -> Actor:
    """A second admin, who will leave."""
    return house.add_member(TOM, Role.ADMIN)


def custody(house: House, name: str, *holders: str) -> str:
    """Make a key of Alice's with custodians and return its id."""
    wanted = NewKey(
        name, granted_scopes("events:read"), house.clock.now() + 90 * DAY, None, holders
    )
    return house.store.keys.create(house.alice, wanted).key.id


def leave(house: House) -> Offboarding:
    """Let Tom go, who knows something."""
    theirs = house.store.people.leave(house.alice, TOM).unwaited().offboarding
    assert theirs is not None
    return theirs


def known(theirs: Offboarding) -> dict[str, tuple[KnownBy, ...]]:
    """Return how each key is known, by name."""
    return {one.key.name: one.ways for one in theirs.keys}


def test_the_ledger_says_how_once_and_audits_it(house: House, tom: Actor) -> None:
    key = house.create("Website", actor=tom).key
    for how in (KnownBy.SHOWN, KnownBy.COPIED, KnownBy.COPIED, KnownBy.FILED, KnownBy.PIPED):
        house.clock.advance(1000)
        house.store.holders.taken(tom, key.id, how)
    with pytest.raises(NoSuchKey):
        house.store.holders.taken(house.alice, key.id, KnownBy.COPIED)
    with pytest.raises(NoSuchKey):
        house.store.holders.taken(house.bob, key.id, KnownBy.COPIED)
    told = [entry.action for entry in house.store.audit_trail.newest(house.alice, limit=5)]
    assert told == ["key.piped", "key.filed", "key.copied", "key.shown", "key.created"]
    [one] = leave(house).keys
    assert one.ways == (
        KnownBy.CREATED,
        KnownBy.SHOWN,
        KnownBy.COPIED,
        KnownBy.FILED,
        KnownBy.PIPED,
    )
    assert one.since == key.created_at


def test_whoever_was_let_go_with_the_key_on_the_screen_has_copied_it_all_the_same(
    house: House, tom: Actor
) -> None:
    key = house.create("Website", actor=tom).key
    leave(house)
    house.store.holders.taken(tom, key.id, KnownBy.COPIED)
    held = {one.how for one in house.store.keys.details(house.alice, key.id).holders}
    assert held == {KnownBy.CREATED, KnownBy.COPIED}


def test_listed_is_every_active_secret_they_may_know_and_none_of_which_they_know_an_older(
    house: House, tom: Actor
) -> None:
    keys, rotations = house.store.keys, house.store.rotations
    house.create("Hers", "events:read")
    custody(house, "In custody", TOM)
    house.create("Made", actor=tom)
    keys.revoke(house.alice, house.create("Revoked", actor=tom).key.id)
    old = house.create("Rotated and over", actor=tom).key
    rotations.rotate(house.alice, old.id, overlap_ms=HOUR)
    house.clock.advance(HOUR)
    overlap = house.create("In overlap", actor=tom).key
    rotations.rotate(house.alice, overlap.id, overlap_ms=DAY)
    # Tom was shown the first successor's secret; Alice minted another in its place.
    lost = house.create("Minted anew", "events:read").key
    first = rotations.rotate(tom, lost.id, token="a", overlap_ms=DAY).unwaited()
    house.clock.advance(1000)
    rotations.rotate(house.alice, lost.id, token="a")
    theirs = leave(house)
    assert known(theirs) == {
        "In custody": (KnownBy.CUSTODIAN,),
        "In overlap": (KnownBy.CREATED,),
        "Made": (KnownBy.CREATED,),
    }
    assert overlap.id in {one.key.id for one in theirs.keys}, "the predecessor, not the successor"
    assert first.successor.id not in {one.key.id for one in theirs.keys}


def test_a_custodian_of_a_secret_minted_anew_looks_after_that_one_too(
    house: House, tom: Actor
) -> None:
    key_id = custody(house, "In custody", TOM)
    for _ in range(2):
        rotated = house.store.rotations.rotate(house.alice, key_id, token="a").unwaited()
    assert {one.key.id for one in leave(house).keys} == {key_id, rotated.successor.id}


def test_membership_ends_first_and_the_decisions_go_on_whoever_makes_them(
    house: House, tom: Actor
) -> None:
    made, custodial, copied = (
        house.create("Made", actor=tom).key,
        custody(house, "In custody", TOM),
        house.create("Copied", actor=tom).key,
    )
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    theirs = leave(house)
    for dead in (
        lambda: house.store.keys.counts(tom),
        lambda: house.store.sign_in.by_ssh_key(tom.person_id),
        lambda: house.store.sign_in.switch(tom, "acme-events"),
    ):
        with pytest.raises(NotAMember):
            dead()
    offboardings = house.store.offboardings
    with pytest.raises(Invalid, match="Say why"):
        offboardings.keep(house.alice, TOM, "Made", "  ")
    with pytest.raises(NotReplaced):
        offboardings.rotated(house.alice, TOM, "Made")
    with pytest.raises(StillToDecide, match="“Copied”, “In custody”, “Made”"):
        offboardings.finish(house.alice, TOM)
    offboardings.keep(house.alice, TOM, "Made", "He never saw production")
    [leaver] = offboardings.all(mia, open_only=True)
    assert (leaver.email, leaver.total, leaver.waiting) == (TOM, 3, 2)

    # Somebody else goes on, in a console of their own.
    house.store.keys.confirm(
        mia, house.store.rotations.rotate(mia, custodial).unwaited().successor.id
    )
    after = offboardings.rotated(mia, theirs.id, custodial)
    assert after.finished_at is None
    done = offboardings.revoke(mia, TOM, "Copied").unwaited()
    assert (done.finished_by, done.waiting(house.clock.now())) == ("mia@acme.example", ())
    assert offboardings.all(mia, open_only=True) == []
    decided = {one.key.name: one.decided for one in done.keys}
    assert decided["In custody"] is not None
    assert decided["In custody"].what is Decision.ROTATE
    assert decided["In custody"].successor not in {one.key.id for one in done.keys}
    assert house.store.keys.show(mia, copied.id).revoke_reason == f"{TOM} left"
    assert house.store.keys.show(mia, made.id).state(house.clock.now()) is State.ACTIVE
    [last] = house.store.audit_trail.newest(mia, limit=1)
    assert (last.action, last.subject_name) == ("person.offboarded", TOM)
    assert last.details == {
        "rotated": ["In custody"],
        "revoked": ["Copied"],
        "kept": ["Made (He never saw production)"],
        "ended_otherwise": [],
    }
    with pytest.raises(OffboardingOver):
        offboardings.revoke(mia, TOM, "Made")


def test_a_leaving_that_is_cut_off_has_happened_and_no_key_is_forgotten(
    house: House, tom: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["A", "B", "C", "D", "E"]
    for name in names:
        house.create(name, actor=tom)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(people, "AT_ONCE", 2)
    with monkeypatch.context() as patch:
        patch.setattr(people, "write_down_the_rest", cut_off)
        with pytest.raises(KeyboardInterrupt):
            house.store.people.leave(house.alice, TOM)
    with pytest.raises(NotAMember):
        house.store.keys.counts(tom)
    [entry] = house.store.audit_trail.newest(house.alice, limit=1)
    assert (entry.action, entry.details["keys_known"], entry.details["more"]) == (
        "person.left",
        ["A", "B"],
        3,
    )
    offboardings, now = house.store.offboardings, house.clock.now()
    assert [one.key.name for one in offboardings.show(house.alice, TOM).waiting(now)] == names
    for name in names:
        assert offboardings.show(house.alice, TOM).finished_at is None
        offboardings.keep(house.alice, TOM, name, "why")
    assert offboardings.show(house.alice, TOM).finished_at == now
    told = {entry.action: entry for entry in house.store.audit_trail.newest(house.alice, limit=20)}
    assert told["person.keys_listed"].details["keys_known"] == ["C", "D", "E"]
    assert len(told["person.offboarded"].details["kept"]) == 5


def test_a_key_whose_successor_is_revoked_waits_again(house: House, tom: Actor) -> None:
    for name in ("Made", "Other"):
        house.create(name, actor=tom)
    leave(house)
    successor = house.store.rotations.rotate(house.alice, "Made").unwaited().successor
    house.store.keys.confirm(house.alice, successor.id)
    after = house.store.offboardings.rotated(house.alice, TOM, "Made")
    assert [one.key.name for one in after.waiting(house.clock.now())] == ["Other"]
    house.store.keys.revoke(house.alice, successor.id)
    [leaver] = house.store.offboardings.all(house.alice)
    assert leaver.waiting == 2
    after = house.store.offboardings.keep(house.alice, TOM, "Other", "why")
    assert after.finished_at is None
    assert [one.key.name for one in after.waiting(house.clock.now())] == ["Made"]


def test_a_successor_that_reached_nobody_decides_nothing_and_is_made_anew(
    house: House, tom: Actor
) -> None:
    made = house.create("Made", actor=tom).key
    leave(house)
    rotations, offboardings = house.store.rotations, house.store.offboardings
    lost = rotations.rotate(house.alice, made.id).unwaited()
    with pytest.raises(SuccessorNotStored, match="nobody stored the new key"):
        offboardings.rotated(house.alice, TOM, "Made")
    [waiting] = offboardings.show(house.alice, TOM).waiting(house.clock.now())
    assert waiting.unstored == lost.successor.id
    anew = rotations.again(house.alice, made.id).unwaited()
    assert anew.successor.id == lost.successor.id
    assert anew.secret.reveal() != lost.secret.reveal()
    house.store.keys.confirm(house.alice, anew.successor.id)
    with pytest.raises(RotationNotRepeatable):
        rotations.again(house.alice, made.id)
    assert offboardings.rotated(house.alice, TOM, "Made").finished_at is not None


def test_what_ends_by_itself_waits_no_more_and_the_record_is_closed_by_hand(
    house: House, tom: Actor
) -> None:
    house.create("Made", actor=tom)
    leave(house)
    house.clock.advance(90 * DAY)
    closed = house.store.offboardings.finish(house.alice, TOM)
    assert closed.finished_at == house.clock.now()
    assert closed.keys[0].decided is None


def test_nobody_but_admins_of_the_workspace_decides_and_only_about_what_is_known(
    house: House, tom: Actor
) -> None:
    house.create("Hers", "events:read")
    house.create("Made", actor=tom)
    mia = house.add_member()
    theirs = leave(house)
    offboardings = house.store.offboardings
    with pytest.raises(AdminsOnly):
        offboardings.revoke(mia, theirs.id, "Made")
    for reference in (theirs.id, TOM):
        with pytest.raises(NoSuchOffboarding):
            offboardings.show(house.bob, reference)
    with pytest.raises(NotTheirs, match="“Hers” is not among the keys"):
        offboardings.keep(house.alice, TOM, "Hers", "why")


def test_somebody_who_knows_nothing_leaves_nothing_and_the_last_admin_stays(
    house: House, tom: Actor
) -> None:
    assert house.store.people.leave(house.alice, TOM).unwaited().offboarding is None
    house.create("Website")
    with pytest.raises(LastAdmin):
        house.store.people.leave(house.alice, house.alice.email)
    assert house.store.offboardings.all(house.alice) == []
