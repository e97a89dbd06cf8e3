"""Stopping keys, and letting them go on."""

import pytest

from store.domain.audit.changes import changed
from store.domain.stops import StopKind, Target
from store.errors import AlreadyRevoked, AlreadyStopped, Invalid, NoSuchKey, NotAllowed, NotStopped
from store.service.stops import OF_A_TRANSACTION
from tests.house import House

ALL = Target(StopKind.WORKSPACE)


def of(reference: str) -> Target:
    """Return a key as whoever stops it names it."""
    return Target(StopKind.KEY, reference)


def stopped(house: House, name: str) -> bool:
    """Return whether a key is stopped, as lists have it."""
    return house.store.keys.show(house.alice, name).stopped_at is not None


def stop(house: House, *targets: Target, reason: str | None = None) -> None:
    """Stop something as Alice."""
    house.store.stops.stop(house.alice, targets, reason).unwaited()


def test_two_stops_of_one_key_are_lifted_one_by_one(house: House) -> None:
    key = house.create("Website").key
    stop(house, of("Website"), reason="seen in a log")
    stop(house, ALL)
    assert [stop.target for stop in house.store.keys.details(house.alice, key.id).stops] == [
        of(key.id),
        ALL,
    ]
    house.store.stops.resume(house.alice, [of("Website")])
    assert stopped(house, "Website")
    with pytest.raises(NotStopped, match=r"“Website” itself .* is: keydeck resume --all\."):
        house.store.stops.resume(house.alice, [of("Website")])
    house.store.stops.resume(house.alice, [ALL])
    assert not stopped(house, "Website")
    with pytest.raises(NotStopped, match=r"^“Website” is not stopped\.$"):
        house.store.stops.resume(house.alice, [of("Website")])


def test_a_stop_of_a_workspace_is_one_row_and_of_what_is_made_later_too(house: House) -> None:
    house.create("Before")
    house.create("Bob's", actor=house.bob)
    stop(house, ALL)
    house.create("After")
    assert stopped(house, "Before")
    assert stopped(house, "After")
    [one] = house.store.stops.all(house.alice)
    assert (one.name, one.stopped_by) == ("Acme Events", house.alice.email)
    assert house.store.stops.all(house.bob) == []
    assert house.store.keys.show(house.bob, "Bob's").stopped_at is None


def test_a_stop_of_one_key_is_not_of_its_successor(house: House) -> None:
    key = house.create("Shop").key
    stop(house, of("Shop"))
    successor = house.store.rotations.rotate(house.alice, key.id).unwaited().successor
    assert stopped(house, key.id)
    assert not stopped(house, successor.id)


def test_what_is_stopped_is_no_revocation_and_can_be_revoked(house: House) -> None:
    key = house.create("Zapier").key
    stop(house, of("Zapier"))
    found = house.store.keys.show(house.alice, "Zapier")
    assert (found.revoked_at, found.state(house.clock.now()).value) == (None, "active")
    assert found.notes(house.clock.now())[0].value == "stopped"
    house.store.keys.revoke(house.alice, key.id)
    with pytest.raises(AlreadyRevoked):
        stop(house, of(key.id))


def test_of_several_those_stopped_already_keep_who_did_it_and_why(house: House) -> None:
    for name in ("One", "Two"):
        house.create(name)
    stop(house, of("One"), reason="first")
    done, commits = house.store.stops.stop(house.alice, [of("One"), of("Two")], "second").unpack()
    assert [one.name for one in done] == ["Two"]
    assert len(commits) == 1
    reasons = {one.name: one.reason for one in house.store.stops.all(house.alice)}
    assert reasons == {"One": "first", "Two": "second"}
    with pytest.raises(AlreadyStopped, match=r"“One” is already stopped: by alice@acme\.example"):
        stop(house, of("One"), of("Two"))


def test_several_are_stopped_together_or_not_at_all(house: House) -> None:
    house.create("One")
    with pytest.raises(NoSuchKey):
        stop(house, of("One"), of("Nobody"))
    assert not stopped(house, "One")
    with pytest.raises(Invalid, match=r"1 to 1,000"):
        stop(house)


def test_a_member_stops_nothing_and_lets_nothing_go_on(house: House) -> None:
    house.create("Website")
    member = house.add_member()
    with pytest.raises(NotAllowed):
        house.store.stops.stop(member, [of("Website")])
    stop(house, of("Website"))
    with pytest.raises(NotAllowed):
        house.store.stops.resume(member, [of("Website")])


def test_the_audit_says_what_was_stopped_and_by_whom_it_goes_on(house: House) -> None:
    key = house.create("Website").key
    stop(house, of("Website"), reason="seen in a log")
    house.store.stops.resume(house.alice, [of("Website")], "it was a test")
    resumed, before = house.store.keys.details(house.alice, key.id).history[:2]
    assert (before.action, changed(before)) == ("key.stopped", "seen in a log")
    assert changed(resumed) == "it was a test"
    assert (resumed.action, resumed.details["stopped_by"]) == ("key.resumed", house.alice.email)


def test_a_filter_finds_what_is_stopped_by_itself_and_with_its_workspace(house: House) -> None:
    from store.domain.filtering import terms
    from store.domain.listing import KeyQuery

    for name in ("One", "Two", "Three"):
        house.create(name)
    query = KeyQuery(terms("note:stopped"))

    def found() -> set[str]:
        return {key.name for key in house.store.keys.page(house.alice, query).keys}

    stop(house, of("One"))
    assert found() == {"One"}
    stop(house, ALL)
    assert found() == {"One", "Two", "Three"}
    assert house.store.keys.count(house.alice, query) == 3


def test_many_keys_are_stopped_a_few_at_a_time(house: House) -> None:
    ids = [house.create(f"Key {number}").key.id for number in range(OF_A_TRANSACTION + 5)]
    targets = [of(key_id) for key_id in ids]
    done, commits = house.store.stops.stop(house.alice, targets).unpack()
    assert [stop.target.value for stop in done] == ids
    assert len(commits) == 2
    with pytest.raises(AlreadyStopped):
        house.store.stops.stop(house.alice, targets)
