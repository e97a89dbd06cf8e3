"""Rotation as a use case: both rows, their expiry, the tie between them, and a retry."""

from dataclasses import fields, replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from store.domain.key_networks import key_networks
from store.domain.keys import Inherited, Key, Note, State
from store.domain.limits import limits
from store.domain.people import KnownBy, Role
from store.domain.times import DAY, HOUR
from store.errors import (
    AlreadyRevoked,
    AlreadyRotating,
    ChangedMeanwhile,
    Invalid,
    KeyExpired,
    RotationNotRepeatable,
    TokenReused,
)
from store.persistence.schema import keys
from store.service.keys import Issued, NewKey
from store.service.rotation import Rotated
from store.verifier.lookup.open import open_lookup
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines


def made(
    house: House,
    expires_in: int | None,
    *,
    rotate_every_days: int | None = None,
    not_before: int | None = None,
) -> Issued:
    """Make a key that ends that far from now."""
    now = house.clock.now()
    ends = None if expires_in is None else now + expires_in
    wanted = NewKey("Website", granted_scopes("events:read"), ends, rotate_every_days)
    wanted = replace(wanted, not_before=not_before)
    return house.store.keys.create(house.alice, wanted)


def rotate(
    house: House, key: str, overlap: int | None = 7 * DAY, token: str | None = None
) -> Rotated:
    """Rotate a key as Alice."""
    return house.store.rotations.rotate(
        house.alice, key, overlap_ms=overlap, token=token
    ).unwaited()


def shown(house: House, key: Key) -> Key:
    """Read a key again."""
    return house.store.keys.show(house.alice, key.id)


def works(house: House, rotated: Rotated) -> bool:
    """Return whether the store knows a secret, asked as the verifier asks."""
    lookup = open_lookup(house.store.database)
    try:
        row = lookup.key(rotated.successor.id)
        assert row is not None
        return house.store.peppers.matches(rotated.secret.reveal(), row.pepper, row.digest)
    finally:
        lookup.close()


def test_a_successor_takes_over_name_scopes_and_policy(house: House) -> None:
    old = made(house, 90 * DAY, rotate_every_days=60).key
    house.clock.advance(60 * DAY)
    done = rotate(house, old.id)
    now = house.clock.now()
    assert (done.successor.name, done.successor.scopes) == (old.name, old.scopes)
    assert done.successor.rotate_every_days == 60
    assert done.successor.expires_at == now + 90 * DAY
    assert done.predecessor.expires_at == now + 7 * DAY
    assert (done.predecessor.successor, done.successor.predecessor) == (done.successor.id, old.id)
    for side in (done.predecessor, done.successor):
        assert Note.ROTATING in side.notes(now)
    assert works(house, done)


# What is a key's own, and its successor's is another.
OWN = {
    *("id", "workspace_id", "digest", "pepper", "created_at", "created_by", "expires_at"),
    *("confirmed_at", "revoked_at", "revoked_by", "revoke_reason", "leaked_at"),
    *("revision", "generation", "foreign_hash"),
}


@pytest.mark.sqlite_only
def test_a_key_that_is_to_begin_later_is_not_over_before_and_hands_on_its_new_end(
    house: House,
) -> None:
    now = house.clock.now()
    begins, ends = now + 30 * DAY, now + 50 * DAY
    old = made(house, 120 * DAY, not_before=begins).key
    house.store.keys.extend(house.alice, old.id, ends).unwaited()
    done = rotate(house, old.id)
    assert (done.successor.expires_at, done.predecessor.expires_at) == (ends, begins + 7 * DAY)
    progress = house.store.rotation_progress.extend(house.alice, old.id, DAY).unwaited()
    assert progress.rotation.overlap_ends_at == progress.predecessor.expires_at == begins + DAY


def test_each_column_of_a_key_is_its_own_or_inherited_by_its_successor(house: House) -> None:
    inherited = {field.name for field in fields(Inherited)}
    assert {column.name for column in keys.c} - {"name_folded"} == OWN | inherited
    later = house.clock.now() + 2 * DAY
    old = made(house, 90 * DAY, rotate_every_days=60, not_before=later).key
    networks = key_networks(["203.0.113.0/24"], enforced=True)
    house.store.restrictions.set_networks(house.alice, old.id, networks).unwaited()
    given = {"tier": "gold"}
    house.store.belonging.set_both(
        house.alice, old.id, "customer_42", given, remark="Ask Mia first"
    ).unwaited()
    house.store.limits.set_key(house.alice, old.id, limits(["100/1m"])).unwaited()
    house.clock.advance(DAY)
    done = rotate(house, old.id)
    with house.store.database.reading() as connection:
        rows = [
            dict(connection.execute(select(keys).where(keys.c.id == key_id)).mappings().one())
            for key_id in (old.id, done.successor.id)
        ]
    carried = [{name: row[name] for name in (*inherited, "name_folded")} for row in rows]
    assert carried[0] == carried[1]
    assert None not in carried[0].values()


def test_a_chain_goes_by_its_first_key(house: House) -> None:
    first = made(house, None).key
    second = rotate(house, first.id).successor
    house.clock.advance(8 * DAY)
    third = rotate(house, second.id).successor
    assert first.id == first.lineage == second.lineage == third.lineage
    with pytest.raises(DBAPIError, match="identity"), house.store.database.writing() as connection:
        connection.execute(update(keys).where(keys.c.id == third.id).values(lineage=third.id))


def test_a_key_that_never_expires_ends_with_the_overlap(house: House) -> None:
    done = rotate(house, made(house, None).key.id, HOUR)
    assert done.successor.expires_at is None
    assert done.predecessor.expires_at == house.clock.now() + HOUR


def test_an_open_overlap_leaves_the_predecessor_its_own_end(house: House) -> None:
    old = made(house, 90 * DAY).key
    assert rotate(house, old.id, None).predecessor.expires_at == old.expires_at


def test_an_overlap_never_lengthens_a_life(house: House) -> None:
    old = made(house, HOUR).key
    assert rotate(house, old.id, 7 * DAY).predecessor.expires_at == old.expires_at


def test_the_predecessor_ends_by_itself_and_the_tie_stays(house: House) -> None:
    done = rotate(house, made(house, None).key.id, HOUR)
    house.clock.advance(HOUR)
    old, new = shown(house, done.predecessor), shown(house, done.successor)
    assert old.state(house.clock.now()) is State.EXPIRED
    assert not new.rotating
    assert old.successor == new.id
    assert new.predecessor == old.id


def test_the_revoked_and_the_expired_are_refused(house: House) -> None:
    old = made(house, HOUR).key
    house.store.keys.revoke(house.alice, old.id)
    with pytest.raises(AlreadyRevoked):
        rotate(house, old.id)
    second = made(house, HOUR).key
    house.clock.advance(HOUR)
    with pytest.raises(KeyExpired):
        rotate(house, second.id)


def test_a_predecessor_has_one_successor(house: House) -> None:
    done = rotate(house, made(house, None).key.id)
    with pytest.raises(AlreadyRotating, match=done.successor.id[:5]):
        rotate(house, done.predecessor.id)
    assert house.store.keys.counts(house.alice).total == 2


def test_where_the_successor_was_revoked_the_predecessor_can_be_rotated_again(house: House) -> None:
    done = rotate(house, made(house, None).key.id)
    house.store.keys.revoke(house.alice, done.successor.id)
    again = rotate(house, done.predecessor.id)
    assert again.successor.id != done.successor.id
    assert shown(house, done.predecessor).successor == again.successor.id


def test_rotating_a_successor_ends_the_older_overlap_at_once(house: House) -> None:
    first = rotate(house, made(house, None).key.id)
    second = rotate(house, first.successor.id)
    now = house.clock.now()
    assert shown(house, first.predecessor).state(now) is State.EXPIRED
    living = [second.predecessor, second.successor]
    assert all(shown(house, key).state(now) is State.ACTIVE for key in living)
    actions = [entry.action for entry in house.store.audit_trail.newest(house.alice, limit=4)]
    assert "key.overlap_ended" in actions


def test_revoking_one_side_leaves_the_other(house: House) -> None:
    done = rotate(house, made(house, None).key.id)
    house.store.keys.revoke(house.alice, done.predecessor.id)
    new = shown(house, done.successor)
    assert new.state(house.clock.now()) is State.ACTIVE
    assert not new.rotating


def test_custodians_are_handed_on_and_those_who_left_are_not(house: House) -> None:
    house.add_member("mia@acme.example")
    house.add_member("tom@acme.example")
    wanted = NewKey(
        "Website",
        granted_scopes("events:read"),
        None,
        holders=("mia@acme.example", "tom@acme.example"),
    )
    old = house.store.keys.create(house.alice, wanted).key
    house.store.people.leave(house.alice, "tom@acme.example")
    done = rotate(house, old.id)
    holders = house.store.keys.details(house.alice, done.successor.id).holders
    assert {(one.email, one.how) for one in holders} == {
        ("alice@acme.example", KnownBy.CREATED),
        ("mia@acme.example", KnownBy.CUSTODIAN),
    }


def test_a_retry_gives_the_same_successor_and_only_its_newest_secret_works(house: House) -> None:
    old = made(house, None).key
    first = rotate(house, old.id, token="t1")
    house.clock.advance(HOUR)
    again = rotate(house, old.id, token="t1")
    assert again.successor.id == first.successor.id
    assert again.predecessor.expires_at == first.predecessor.expires_at
    assert works(house, again)
    assert not works(house, first)
    assert house.store.keys.counts(house.alice).total == 2


def test_a_retry_is_refused_once_the_successor_was_confirmed(house: House) -> None:
    old = made(house, None).key
    done = rotate(house, old.id, token="t1")
    house.store.keys.confirm(house.alice, done.successor.id)
    with pytest.raises(RotationNotRepeatable):
        rotate(house, old.id, token="t1")
    assert works(house, done), "the refusal left the secret alone"


def test_a_retry_is_refused_once_the_successor_was_revoked(house: House) -> None:
    old = made(house, None).key
    done = rotate(house, old.id, token="t1")
    house.store.keys.revoke(house.alice, done.successor.id)
    with pytest.raises(RotationNotRepeatable):
        rotate(house, old.id, token="t1")


def test_a_token_belongs_to_one_rotation_of_one_workspace(house: House) -> None:
    old = made(house, None).key
    other = house.create("Other").key
    rotate(house, old.id, token="t1")
    with pytest.raises(TokenReused):
        rotate(house, other.id, token="t1")
    theirs = house.create("Bob's", actor=house.bob).key
    done = house.store.rotations.rotate(house.bob, theirs.id, token="t1").unwaited()
    assert done.predecessor.id == theirs.id


@pytest.mark.parametrize("token", ["", "x" * 201, "a\x1bb", "a\u200bb"])
def test_a_token_is_something_that_can_be_seen(house: House, token: str) -> None:
    key = house.create().key
    with pytest.raises(Invalid, match="token"):
        rotate(house, key.id, token=token)


@pytest.mark.parametrize("overlap", [0, -1])
def test_an_overlap_is_longer_than_nothing(house: House, overlap: int) -> None:
    key = house.create().key
    with pytest.raises(Invalid, match="overlap"):
        rotate(house, key.id, overlap)


def test_an_extended_key_hands_its_new_length_of_life_on(house: House) -> None:
    old = made(house, HOUR).key
    house.store.keys.extend(house.alice, old.id, house.clock.now() + 30 * DAY)
    assert rotate(house, old.id).successor.expires_at == house.clock.now() + 30 * DAY


def test_a_key_that_is_not_as_it_was_seen_is_not_rotated_and_says_who_changed_what(
    house: House,
) -> None:
    key = house.create("Website", "events:read").key
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    house.store.keys.rescope(mia, key.id, granted_scopes("events:read events:write"))
    with pytest.raises(ChangedMeanwhile) as caught:
        house.store.rotations.rotate(house.alice, key.id, seen=key.revision)
    assert "scoped by mia@acme.example at 12:00:00 UTC (+ events:write)" in str(caught.value)
    now = house.store.keys.show(house.alice, key.id)
    house.store.keys.revoke(mia, key.id)
    with pytest.raises(AlreadyRevoked, match="by mia@acme"):
        house.store.rotations.rotate(house.alice, key.id, seen=now.revision)
