"""A clock that jumps: revocations do not know it, and nothing counted moves backwards."""

import pytest

from store.domain.decision import NOTHING
from store.domain.key_string import Secret
from store.domain.times import DAY, HOUR, SECOND
from store.domain.verdicts import Verdict
from store.errors import SignInFailed, TooManyAttempts
from store.verifier.lookup.open import open_lookup
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from store.verifier.verify import VerifyResult, verify
from tests.house import House

pytestmark = pytest.mark.both_engines

JUMPS = [-3650 * DAY, -DAY, -1, 1, DAY, 3650 * DAY]


def verified(house: House, key: str) -> VerifyResult:
    """Return what a verifier whose clock is the house's decides."""
    lookup = open_lookup(house.store.database)
    try:
        return verify(
            key,
            prefix="jw",
            find=lookup.key,
            peppers=house.store.peppers,
            request=NOTHING,
            clock=house.clock,
        )
    finally:
        lookup.close()


@pytest.mark.parametrize("jump", JUMPS)
def test_a_revocation_holds_whatever_time_it_is(house: House, jump: int) -> None:
    issued = house.create()
    house.store.keys.revoke(house.alice, issued.key.id)
    house.clock.advance(jump)
    assert verified(house, issued.secret.reveal()).verdict is Verdict.REVOKED


def test_an_expiry_is_as_true_as_the_clock(house: House) -> None:
    issued = house.create()
    key = issued.secret.reveal()
    house.clock.advance(91 * DAY)
    assert verified(house, key).verdict is Verdict.EXPIRED
    # A clock that was wrong and is put right: the key had not expired.
    house.clock.advance(-2 * DAY)
    assert verified(house, key).verdict is Verdict.VALID


def test_uses_do_not_move_backwards(house: House) -> None:
    issued = house.create()
    row = verified(house, issued.secret.reveal()).credential
    assert row is not None
    now = house.clock.now()
    for at in (now, now - DAY, now + HOUR, now - HOUR):
        batch = Batch()
        batch.count(row, Verdict.VALID, at, f"10.0.0.{at % 200}", ["availability:read"])
        write(house.store.database, batch)
    usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
    assert (usage.first_used_at, usage.last_used_at) == (now - DAY, now + HOUR)
    assert usage.traffic.last_address == f"10.0.0.{(now + HOUR) % 200}"
    [scope] = usage.scopes
    assert (scope.first_used_at, scope.last_used_at) == (now - DAY, now + HOUR)
    assert usage.traffic.allowed == 4


def test_a_clock_set_back_locks_nobody_out_for_longer_than_thirty_seconds(house: House) -> None:
    for _ in range(8):
        with pytest.raises(SignInFailed):
            house.store.sign_in.sign_in("alice@acme.example", Secret("a wrong one"), "acme-events")
        house.clock.advance(31 * SECOND)
    house.clock.advance(-365 * DAY)
    with pytest.raises(TooManyAttempts) as caught:
        house.store.sign_in.sign_in("alice@acme.example", Secret("a wrong one"), "acme-events")
    assert caught.value.wait_ms <= 30 * SECOND


def test_changes_keep_their_order_when_the_clock_does_not(house: House) -> None:
    first = house.create("First")
    house.clock.advance(-DAY)
    house.store.keys.revoke(house.alice, first.key.id)
    house.clock.advance(2 * DAY)
    entries = house.store.audit_trail.newest(house.alice)
    assert [entry.action for entry in entries[:2]] == ["key.revoked", "key.created"]
    assert [entry.seq for entry in entries] == sorted((e.seq for e in entries), reverse=True)
