"""What keys are limited to: of the whole lineage, foretold, and never where it would be a trap."""

import pytest
from sqlalchemy import insert

from store.domain.audit.actions import Action
from store.domain.credential import Credential
from store.domain.key_networks import key_networks
from store.domain.keys import Key, Note
from store.domain.times import DAY, HOUR
from store.domain.verdicts import Verdict
from store.errors import CallersUnseen, ChangedMeanwhile, NoCallersSeen
from store.persistence.schema import verifiers
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.house import House

ENFORCED = key_networks(["203.0.113.0/24"], enforced=True)


def called(house: House, key: Key, *addresses: str, agent: bytes = b"batch/1") -> None:
    """Let a verifier have let somebody in with a key now, once from each address."""
    batch, now = Batch(), house.clock.now()
    row = Credential(key.id, key.workspace_id, "", "pro", key.name, b"", "", "", None, None)
    for address in addresses:
        batch.count(row, Verdict.VALID, now, address, (), agent)
    write(house.store.database, batch)


def running(house: House, *, proxied: bool) -> None:
    """Let a verifier have told of itself just now."""
    row = {"id": f"v{proxied}", "host": "here", "process": 1, "version": "1", "address": ""}
    numbers = ("requests", "refusals", "recent_ms", "recent_requests", "recent_refusals")
    row |= dict.fromkeys((*numbers, "revision", "renewals"), 0)
    now = house.clock.now()
    with house.store.database.writing() as connection:
        connection.execute(
            insert(verifiers).values(**row, started_at=now, seen_at=now, proxied=proxied)
        )


@pytest.mark.both_engines
def test_networks_are_those_of_the_whole_chain_and_a_successor_takes_them_over(
    house: House,
) -> None:
    old = house.create().key
    set_networks = house.store.restrictions.set_networks
    observed = ENFORCED._replace(enforced=False)
    changed, commits = set_networks(house.alice, old.id, observed).unpack()
    assert changed.networks == observed
    assert Note.OBSERVING in changed.notes(house.clock.now())
    assert not commits
    new = house.store.rotations.rotate(house.alice, old.id).unwaited().successor
    assert new.networks == observed
    enforced, commits = set_networks(house.alice, new.id, ENFORCED, seen=new.revision).unpack()
    assert [taken.subject for commit in commits for taken in commit.taken] == [new.id]
    for key in (old, enforced):
        found = house.store.keys.show(house.alice, key.id)
        assert found.networks == ENFORCED
        assert Note.OBSERVING not in found.notes(house.clock.now())
    entry = house.store.keys.details(house.alice, new.id).history[0]
    assert entry.action == Action.KEY_NETWORKS_SET
    assert entry.details["networks"] == "enforced 203.0.113.0/24"
    assert entry.details["before"] == "observed 203.0.113.0/24"
    with pytest.raises(ChangedMeanwhile):
        set_networks(house.alice, new.id, None, seen=new.revision)
    assert set_networks(house.alice, old.id, None).unwaited().networks is None
    assert house.store.keys.show(house.alice, new.id).networks is None


@pytest.mark.both_engines
def test_it_is_foretold_who_would_be_refused_whichever_key_of_the_chain_they_used(
    house: House,
) -> None:
    old = house.create().key
    called(house, old, "203.0.113.7", "198.51.100.9", "198.51.100.9")
    new = house.store.rotations.rotate(house.alice, old.id).unwaited().successor
    house.clock.advance(HOUR)
    called(house, new, "2001:db8::5")
    found = house.store.restrictions.foresee(house.alice, new.id, ENFORCED)
    assert [(one.address, one.requests) for one in found.refused] == [
        ("2001:db8::5", 1),
        ("198.51.100.9", 2),
    ]
    assert [one.address for one in found.admitted] == ["203.0.113.7"]
    assert found.seldom is None
    seen = house.store.restrictions.seen(house.alice, new.id, DAY)
    assert seen == ("198.51.100.9", "2001:db8::/64", "203.0.113.7")
    with pytest.raises(NoCallersSeen):
        house.store.restrictions.seen(house.alice, new.id, 0)


@pytest.mark.parametrize("stays", ["one behind the same address", "the successor is revoked"])
def test_nobody_went_on_while_the_old_key_is_used_or_where_the_successor_is_dead(
    house: House, stays: str
) -> None:
    old = house.create().key
    called(house, old, "203.0.113.7")
    new = house.store.rotations.rotate(house.alice, old.id).unwaited().successor
    foresee_end = house.store.restrictions.foresee_end
    for later, moved in ((HOUR, 0), (DAY, 1)):
        house.clock.advance(later)
        called(house, new, "203.0.113.7")
        found = foresee_end(house.alice, old.id)
        assert (len(found.refused), len(found.admitted)) == (1 - moved, moved)
    if stays == "the successor is revoked":
        house.store.keys.revoke(house.alice, new.id).unwaited()
    else:
        called(house, old, "203.0.113.7")
        house.clock.advance(HOUR)
        called(house, new, "203.0.113.7")
    found = foresee_end(house.alice, old.id)
    assert ([one.address for one in found.refused], found.admitted) == (["203.0.113.7"], ())


def test_who_calls_too_seldom_to_have_been_seen_is_said(house: House) -> None:
    key = house.create().key
    for _ in range(3):
        called(house, key, "203.0.113.7")
        house.clock.advance(7 * DAY)
    found = house.store.restrictions.foresee(house.alice, key.id, ENFORCED)
    assert (found.refused, found.seldom) == ((), 70 * DAY)
    assert house.store.restrictions.foresee(house.alice, key.id, ENFORCED, 80 * DAY).seldom is None


@pytest.mark.parametrize(
    ("proxied", "addresses", "refused"),
    [
        (False, ["127.0.0.1", "::1"], True),
        (False, ["10.0.0.2", "10.0.0.2"], True),
        (False, ["10.0.0.2", "10.0.0.3"], False),
        (False, ["10.0.0.2"], False),
        (False, [], False),
        (True, ["127.0.0.1", "127.0.0.1"], False),
        (None, ["127.0.0.1"], False),
    ],
)
def test_networks_are_not_enforced_where_all_callers_are_one_unnamed_proxy(
    house: House, proxied: bool | None, addresses: list[str], refused: bool
) -> None:
    keys = [house.create(f"Key {number}").key for number in range(3)]
    if proxied is not None:
        running(house, proxied=proxied)
    for key, address in zip(keys, addresses, strict=False):
        called(house, key, address)
    set_networks = house.store.restrictions.set_networks
    set_networks(house.alice, keys[0].id, ENFORCED._replace(enforced=False)).unwaited()
    if not refused:
        set_networks(house.alice, keys[0].id, ENFORCED).unwaited()
        return
    with pytest.raises(CallersUnseen, match="--trust-proxy"):
        set_networks(house.alice, keys[0].id, ENFORCED)
    assert house.store.keys.show(house.alice, keys[0].id).networks != ENFORCED
