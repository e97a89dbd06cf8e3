"""From committed to in force, on a real PostgreSQL: who is waited for, until when, and what stays.

Why that is enough is the model's to show; here the rows are real and the clock is ours.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from store.domain.leases.receipt import Receipt, Underway
from store.domain.leases.settling import SettledBy
from store.domain.times import rfc3339
from store.operations.store import Store
from store.persistence.schema import timelines, verifiers
from store.service import in_force
from store.service.commits import Commit
from store.service.in_force import InForce
from tests.house import House, granted_scopes
from tests.postgres import Cluster
from tests.running import confirm, tell

pytestmark = pytest.mark.postgres_only


class Waiter:
    """Waits for what a house commits, on a clock that goes on only while it pauses."""

    def __init__(self, house: House) -> None:
        self.now = 1000.0
        self.store = Store(replace(house.store.transactions, own_clock=lambda: self.now))
        self.seen: list[Underway] = []
        self.then: dict[int, Callable[[], object]] = {}
        """What happens during which pause."""
        self.pauses = 0

    def pause(self, seconds: float) -> None:
        """Let time pass, and what is to happen meanwhile."""
        self.now += seconds
        self.pauses += 1
        self.then.get(self.pauses, lambda: None)()

    def revoke(self, house: House, between: Callable[[], object] = lambda: None) -> Receipt:
        """Revoke a key, let something happen, and wait."""
        key = house.create()
        commits = self.store.keys.revoke(house.alice, key.key.id).commits
        between()
        receipt = InForce(self.store.transactions, self.pause).wait(commits, self.seen.append)
        assert receipt is not None
        return receipt


@pytest.fixture
def waiter(house: House) -> Waiter:
    """Wait in a house."""
    return Waiter(house)


def row(house: House, name: str) -> tuple[object, ...]:
    """Return what a verifier's row says of its lease."""
    with house.store.database.reading() as connection:
        query = select(verifiers.c.lapsed, verifiers.c.renewals).where(verifiers.c.id == name)
        return tuple(connection.execute(query).one())


def cut_off(server: Cluster, house: House) -> None:
    """Let a house's database answer nobody any more."""
    name = house.store.database.url.database
    server.run(
        f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )


def test_without_a_lease_it_is_in_force_at_once_and_says_so(house: House, waiter: Waiter) -> None:
    tell(house.store.database, "reads-through")
    receipt = waiter.revoke(house)
    assert (receipt.immediate, receipt.verifiers, waiter.pauses) == (True, (), 0)
    assert receipt.in_force_at == receipt.committed_at + 1
    assert receipt.standby is False


def test_it_is_in_force_once_each_verifier_has_confirmed_or_left_or_let_its_lease_run_out(
    house: House, waiter: Waiter
) -> None:
    database = house.store.database
    for name, lease_ms in (("quick", 3000), ("leaver", 3000), ("silent", 2000)):
        tell(database, name, lease_ms=lease_ms, process=7)

    def leave() -> None:
        with database.writing() as connection:
            connection.execute(verifiers.delete().where(verifiers.c.id == "leaver"))

    waiter.then = {2: lambda: confirm(database, "quick"), 5: leave}
    receipt = waiter.revoke(house)
    assert {one.host: one.how for one in receipt.verifiers} == {
        "quick": SettledBy.CONFIRMED,
        "leaver": SettledBy.LEFT,
        "silent": SettledBy.LAPSED,
    }
    assert receipt.after_ms is not None
    # Its whole length and a tenth of drift, no sooner; and not much later.
    assert 2200 <= receipt.after_ms <= 2225
    assert [(one.answered, one.of) for one in waiter.seen][-1] == (2, 3)
    [last] = waiter.seen[-1].stragglers
    assert (last.host, last.process) == ("silent", 7)
    assert last.left_s < 0.03
    # Nobody after has to wait for it again.
    assert row(house, "silent") == (True, 1)
    assert waiter.revoke(house).verifiers[0].host == "quick"


def test_one_that_renews_is_not_said_to_have_lapsed(house: House, waiter: Waiter) -> None:
    database = house.store.database
    tell(database, "slow", lease_ms=1000)

    def renew() -> None:
        with database.writing() as connection:
            connection.execute(verifiers.update().values(renewals=2))

    waiter.then = {3: renew}
    # It holds a lease on, but has not said that it applied the change: by its rules it cannot.
    assert waiter.revoke(house).verifiers[0].how is SettledBy.LAPSED
    assert row(house, "slow") == (False, 2)


def test_a_lease_seen_late_is_waited_for_from_when_it_was_seen(
    house: House, waiter: Waiter
) -> None:
    tell(house.store.database, "late", lease_ms=2000)

    def dawdle() -> None:
        waiter.now += 5

    # It may have been renewed just before: said to have lapsed, nobody would wait for it again.
    receipt = waiter.revoke(house, between=dawdle)
    assert receipt.after_ms is not None
    assert 7200 <= receipt.after_ms <= 7225


def test_on_a_timeline_nobody_waited_on_it_waits_as_long_as_any_lease_once(
    house: House, waiter: Waiter
) -> None:
    with house.store.database.writing() as connection:
        connection.execute(timelines.delete())
    first = waiter.revoke(house)
    assert first.after_ms is not None
    assert 11_000 <= first.after_ms <= 11_025
    assert not first.immediate
    assert waiter.seen[0].elders_left_s == pytest.approx(11)
    assert waiter.revoke(house).immediate


def test_a_database_that_is_gone_while_it_waits_does_not_stop_the_time(
    house: House, waiter: Waiter, postgres: Cluster
) -> None:
    tell(house.store.database, "silent", lease_ms=1000)
    waiter.then = {2: lambda: cut_off(postgres, house)}
    receipt = waiter.revoke(house)
    assert receipt.after_ms is not None
    assert 1100 <= receipt.after_ms <= 1125
    assert waiter.seen[-1].unreadable
    assert "The audit does not have this receipt" in receipt.trouble


def test_without_one_look_after_the_commit_nothing_is_claimed(
    house: House, waiter: Waiter, postgres: Cluster
) -> None:
    receipt = waiter.revoke(house, between=lambda: cut_off(postgres, house))
    assert receipt.in_force_at is None
    assert "The store cannot be used" in receipt.trouble
    assert "do it again" in receipt.trouble


@pytest.mark.parametrize("standby", [False, True])
def test_another_timeline_than_the_commits_own_is_noticed_at_the_first_look(
    house: House, waiter: Waiter, standby: bool
) -> None:
    key = house.create()
    commits = waiter.store.keys.revoke(house.alice, key.key.id).commits
    footing = commits[0].footing
    assert footing is not None
    elsewhere = replace(commits[0], footing=footing._replace(timeline="before", standby=standby))
    receipt = InForce(waiter.store.transactions, waiter.pause).wait([elsewhere])
    assert receipt is not None
    assert (receipt.in_force_at is not None) is standby
    assert ("nothing says that it has the commit" in receipt.trouble) is not standby


def test_several_commits_are_waited_for_once_and_each_has_its_receipt(
    house: House, waiter: Waiter
) -> None:
    tell(house.store.database, "silent", lease_ms=1000)
    keys = [house.create(f"Key {number}").key.id for number in range(3)]
    commits: list[Commit] = []
    for key_id in keys:
        commits += waiter.store.keys.revoke(house.alice, key_id).commits
        waiter.now += 0.5
    receipt = InForce(waiter.store.transactions, waiter.pause).wait(commits)
    assert receipt is not None
    assert receipt.after_ms is not None
    assert 1600 <= receipt.after_ms <= 1625
    newest = house.store.audit_trail.newest(house.alice, limit=3)
    assert {entry.subject for entry in newest} == set(keys)
    assert {entry.action for entry in newest} == {"key.in_force"}
    assert newest[0].details["in_force_at"] == rfc3339(receipt.in_force_at or 0)
    assert [one["how"] for one in newest[0].details["verifiers"]] == ["lapsed"]
    # Each counts from its own commit, half a second apart.
    after = [entry.details["verifiers"][0]["after_ms"] for entry in newest]
    last = receipt.verifiers[0].after_ms
    assert sorted(after) == [last, last + 500, last + 1000]


def test_a_wait_that_is_cut_short_keeps_who_had_confirmed_and_when_it_is_over(
    house: House, waiter: Waiter
) -> None:
    database = house.store.database
    tell(database, "quick", lease_ms=3000)
    tell(database, "silent", lease_ms=2000)

    def interrupt() -> None:
        raise KeyboardInterrupt

    waiter.then = {2: lambda: confirm(database, "quick"), 5: interrupt}
    with pytest.raises(KeyboardInterrupt):
        waiter.revoke(house)
    kept = house.store.audit_trail.newest(house.alice, limit=1)[0]
    assert (kept.action, kept.details["in_force_at"]) == ("key.in_force", None)
    assert {one["host"]: one["how"] for one in kept.details["verifiers"]} == {
        "quick": "confirmed",
        "silent": "waiting",
    }
    # Its lease and a tenth of it, up to the next whole second.
    by = house.clock.now() + 3000
    assert kept.details["in_force_by"] == rfc3339(by)
    assert kept.details["trouble"].endswith("in force by 12:00:03 UTC at the latest.")


def test_cutting_a_wait_short_is_not_held_up_by_a_database_that_hangs(
    house: House, waiter: Waiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house.store.database, "silent", lease_ms=1000)
    monkeypatch.setattr(in_force, "KEEP_WITHIN_S", 0.05)
    cut: list[Receipt] = []
    commits = waiter.store.keys.revoke(house.alice, house.create().key.id).commits

    def interrupt(underway: Underway) -> None:
        raise KeyboardInterrupt

    with house.store.database.writing() as connection:
        connection.execute(text("SELECT value FROM revision FOR UPDATE"))
        with pytest.raises(KeyboardInterrupt):
            waiter.store.in_force.wait(commits, interrupt, cut.append)
    assert "The audit does not have this receipt" in cut[0].trouble


def test_only_what_takes_away_is_waited_for(house: House, waiter: Waiter) -> None:
    store, key = waiter.store, house.create(granted="events:read events:write").key
    widened = granted_scopes("events:read events:write quotes:read")
    assert store.keys.rescope(house.alice, key.id, widened).commits == ()
    assert store.keys.extend(house.alice, key.id, None).commits == ()
    [narrowed] = store.keys.rescope(house.alice, key.id, granted_scopes("events:read")).commits
    [sooner] = store.keys.extend(house.alice, key.id, house.clock.now() + 1000).commits
    assert [one.taken[0].action for one in (narrowed, sooner)] == ["key.scoped", "key.extended"]


def test_a_commit_waits_for_every_synchronous_standby_to_have_applied_it(house: House) -> None:
    asked = text("SELECT current_setting('synchronous_commit')")
    with house.store.database.writing() as connection:
        assert connection.execute(asked).scalar_one() == "remote_apply"
    with house.store.database.reading() as connection:
        assert connection.execute(asked).scalar_one() == "on"
