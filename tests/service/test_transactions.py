"""Transactions: all or nothing, one writer at a time, and a clear word when it does not come."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from store.domain.audit.actions import Action
from store.domain.keys import State
from store.domain.people import Plan
from store.domain.scopes import scope
from store.errors import (
    Invalid,
    NameTaken,
    NoSuchResource,
    ResourceFixed,
    ResourceInUse,
    ResourceTaken,
    StoreBusy,
)
from store.operations.backup import back_up
from store.operations.open import open_store
from store.persistence.database import limits, sqlite, sqlite_library
from store.persistence.schema import metadata
from store.service.keys import NewKey
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines


def rows(house: House) -> dict[str, int]:
    """Return how many rows each table has."""
    with house.store.database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def test_a_mutation_without_an_audit_entry_is_not_committed(house: House) -> None:
    before, revision = rows(house), house.store.revision()
    with (
        pytest.raises(AssertionError, match="without an audit entry"),
        house.store.transactions.writing(raise_revision=True) as mutation,
    ):
        mutation.unit.workspaces.add("third", "Third", Plan.PRO, mutation.now)
    assert (rows(house), house.store.revision()) == (before, revision)


def test_a_failure_half_way_leaves_nothing_behind(house: House) -> None:
    before, revision = rows(house), house.store.revision()

    def fail_half_way() -> None:
        with house.store.transactions.writing(raise_revision=True) as mutation:
            workspace = mutation.unit.workspaces.add("third", "Third", Plan.PRO, mutation.now)
            mutation.audit(workspace.id, None, Action.WORKSPACE_CREATED, "third", "Third")
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        fail_half_way()
    assert (rows(house), house.store.revision()) == (before, revision)


def test_every_mutation_gets_the_next_revision_in_commit_order(house: House) -> None:
    first = house.store.revision()
    keys = [house.create(f"Key {number}").key.revision for number in range(5)]
    assert keys == list(range(first + 1, first + 6))


def test_of_two_who_take_a_name_at_the_same_time_one_gets_it(house: House) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def take() -> None:
        mine = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
        start.wait()
        try:
            mine.keys.create(house.alice, NewKey("Website", granted_scopes("events:read"), None))
            outcomes.append("made")
        except NameTaken:
            outcomes.append("taken")
        finally:
            mine.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "taken", "taken", "taken"]


def test_a_store_somebody_else_holds_is_busy_and_readers_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BUSY_TIMEOUT_MS", 100)
    impatient = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    with house.store.database.writing():
        with pytest.raises(StoreBusy, match="Try again"):
            impatient.operator.add_resource("invoices")
        assert impatient.keys.counts(house.alice).total == 0
    impatient.operator.add_resource("invoices")
    impatient.close()


def test_a_resource_in_use_stays(house: House) -> None:
    operator = house.store.operator
    operator.add_resource("invoices")
    with pytest.raises(ResourceTaken):
        operator.add_resource("invoices")
    wanted = granted_scopes("events:read")
    key = house.create("Website").key
    house.store.keys.rescope(house.alice, key.id, wanted | {scope("invoices:write")})
    with pytest.raises(ResourceInUse, match="Website"):
        operator.remove_resource("invoices")
    house.store.keys.revoke(house.alice, key.id)
    operator.remove_resource("invoices")
    with pytest.raises(NoSuchResource):
        operator.remove_resource("invoices")
    with pytest.raises(ResourceFixed):
        operator.remove_resource("events")
    for name in ("", "In voices", "events:read"):
        with pytest.raises(Invalid):
            operator.add_resource(name)


@pytest.mark.sqlite_only
def test_a_store_that_was_replaced_gets_the_change_and_not_the_old_file(
    house: House, tmp_path: Path
) -> None:
    key = house.create("Website").key
    path = house.store.database.path
    copy, old = tmp_path / "copy.db", tmp_path / "old.db"
    back_up(house.url, copy)
    # As an operator would by hand; with what lies beside it, or SQLite would mix the two.
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).rename(old.with_name(old.name + ending))
    path.rename(old)
    copy.rename(path)
    house.store.keys.revoke(house.alice, key.id)
    fresh = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    assert fresh.keys.show(house.alice, key.id).state(house.clock.now()) is State.REVOKED
    fresh.close()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("taking", [True, False])
def test_whoever_waits_for_the_lock_looks_often_and_most_often_what_takes_rights_away(
    house: House, monkeypatch: pytest.MonkeyPatch, *, taking: bool
) -> None:
    """SQLite's own wait grows to a tenth of a second: beside many short writes it ends in vain."""
    holder: Any = sqlite_library().connect(house.store.database.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            holder.execute("ROLLBACK")

    monkeypatch.setattr(time, "sleep", sleep)
    with house.store.database.writing(taking=taking) as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    holder.close()
    assert (patience, waited) == (limits.BUSY_TIMEOUT_MS, [sqlite.LOOKS_EVERY_S[taking]] * 3)
    assert sqlite.LOOKS_EVERY_S[True] < sqlite.LOOKS_EVERY_S[False]


@pytest.mark.sqlite_only
def test_a_store_replaced_while_its_lock_was_awaited_is_not_written(
    house: House, tmp_path: Path
) -> None:
    path, old = house.store.database.path, tmp_path / "old.db"
    copy = tmp_path / "copy.db"
    back_up(house.url, copy)
    revision = house.store.revision()
    refused: list[bool] = []

    def add() -> None:
        try:
            house.store.operator.add_resource("invoices")
        except StoreBusy:
            refused.append(True)

    holder: Any = sqlite_library().connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    waiting = threading.Thread(target=add)
    waiting.start()
    waiting.join(0.3)
    path.rename(old)
    copy.rename(path)
    holder.execute("ROLLBACK")
    holder.close()
    waiting.join()
    assert refused == [True]
    assert house.store.revision() == revision
