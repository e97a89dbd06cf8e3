"""Moving a store from one engine to another: all of it, or nothing."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from store.domain.keys import State
from store.domain.limits import limits
from store.domain.listing import KeyQuery
from store.domain.people import Role
from store.domain.verdicts import Verdict
from store.errors import (
    StoreChanged,
    StoreMissing,
    StoreMoved,
    StoreTaken,
    StoreUnconfirmed,
    StoreUnfinished,
)
from store.operations.check import check
from store.operations.move import copy_store, take_back
from store.operations.open import open_store, upgrade_store
from store.operations.store import Store
from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.persistence.repositories.settings import Settings
from store.persistence.schema import PASSING, key_usage, metadata
from store.persistence.schema import revision as revisions
from store.verifier.lookup.open import open_lookup
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.house import House

pytestmark = pytest.mark.both_engines


def lived_in(house: House) -> str:
    """Give a store some history, and return the id of a key that was revoked."""
    issued = house.create("Café ✕")
    house.store.rotations.rotate(house.alice, issued.key.id)
    gone = house.create("Website").key.id
    house.store.keys.revoke(house.alice, gone, "it leaked")
    house.store.people.add(house.alice, "mia@acme.example", "Mia", Role.MEMBER)
    with house.store.database.writing() as connection:
        connection.execute(
            insert(key_usage).values(
                workspace_id=house.alice.workspace_id,
                key_id=gone,
                first_used_at=1,
                last_used_at=2,
            )
        )
    return gone


def moved(house: House, url: str) -> Store:
    """Open the copy with the house's pepper."""
    return open_store(url, pepper_path=house.pepper_path, clock=house.clock)


def test_all_that_a_store_holds_arrives_and_goes_on_there(house: House, elsewhere: str) -> None:
    gone = lived_in(house)
    observed = limits(["100/1m?", "5000/1d"])
    kept_to = house.create("Limited").key.id
    house.store.limits.set_key(house.alice, kept_to, observed).unwaited()
    house.store.limits.set_workspace(house.alice, limits(["9/1s?"])).unwaited()
    revision = house.store.revision()
    told: list[tuple[int, int]] = []
    copied = copy_store(house.url, elsewhere, lambda done, total, _: told.append((done, total)))
    kept = {table.name for table in metadata.sorted_tables if table not in {*PASSING, revisions}}
    assert {one.table for one in copied} == kept
    assert {one.table: one.rows for one in copied}["keys"] == 4
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0

    there = moved(house, elsewhere)
    try:
        reached = there.revision()
        assert reached >= revision
        assert check(elsewhere, pepper_path=house.pepper_path) == []
        assert there.keys.show(house.alice, kept_to).limits == observed
        [(shared, _)] = there.limits.shared(house.alice)
        assert shared.limits == limits(["9/1s?"])
        here = house.store.keys.page(house.alice, KeyQuery())
        assert there.keys.page(house.alice, KeyQuery()) == here
        assert there.audit_trail.anchor(house.alice) == house.store.audit_trail.anchor(house.alice)
        assert there.keys.show(house.alice, gone).state(house.clock.now()) is State.REVOKED
        # What comes next has ids of its own.
        there.people.add(house.alice, "new@acme.example", "New", Role.MEMBER)
        assert there.audit_trail.verify(house.alice).trouble is None
        assert there.revision() > reached
    finally:
        there.close()


@pytest.mark.sqlite_only  # Where it goes is a server.
def test_a_server_knows_how_much_arrived_before_it_looks_by_itself(
    house: House, elsewhere: str
) -> None:
    lived_in(house)
    copy_store(house.url, elsewhere, pepper_path=house.pepper_path)
    with closing(Database(elsewhere)) as new, new.reading() as there:
        looked_at = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= 0"
        known = set(there.exec_driver_sql(looked_at).scalars())
    assert known >= {table.name for table in metadata.sorted_tables} - {"revision"} - {
        table.name for table in PASSING
    }


def test_a_store_is_never_written_over(house: House, elsewhere: str) -> None:
    copy_store(house.url, elsewhere)
    with pytest.raises(StoreTaken, match="nothing was written"):
        copy_store(house.url, elsewhere)
    there = moved(house, elsewhere)
    assert there.keys.counts(house.alice).total == 0
    there.close()


def test_a_revocation_meanwhile_is_not_left_behind(house: House, elsewhere: str) -> None:
    key = house.create().key
    revoked: list[str] = []

    def revoke(done: int, total: int, name: str) -> None:
        if name == "keys" and not revoked:
            revoked.append(house.store.keys.revoke(house.alice, key.id).unwaited().id)

    with pytest.raises(StoreChanged, match="copy again"):
        copy_store(house.url, elsewhere, revoke)
    with pytest.raises(StoreUnfinished):
        moved(house, elsewhere)
    copy_store(house.url, elsewhere)
    there = moved(house, elsewhere)
    assert there.keys.show(house.alice, revoked[0]).state(house.clock.now()) is State.REVOKED
    there.close()


def test_counting_goes_on_and_what_is_no_store_is_not_copied(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    key = house.create().key

    def count(done: int, total: int, name: str) -> None:
        if name == "keys":
            batch = Batch()
            batch.verdicts[house.alice.workspace_id, key.id, 0, Verdict.VALID.value] = 1
            write(house.store.database, batch)

    assert copy_store(house.url, elsewhere, count)
    with pytest.raises(StoreMissing):
        copy_store(f"sqlite:///{tmp_path / 'none.db'}", elsewhere)


def test_the_store_that_was_left_is_used_no_more_and_says_where_it_went(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    key = house.create().key
    copy_store(house.url, elsewhere)
    with pytest.raises(StoreMoved, match=r"was moved to .* keydeck store confirm"):
        moved(house, house.url)
    with pytest.raises(StoreMoved):
        upgrade_store(house.url)
    # Nor by whoever had it open.
    with pytest.raises(StoreMoved):
        house.store.keys.revoke(house.alice, key.id)
    with pytest.raises(StoreMoved):
        copy_store(house.url, f"sqlite:///{tmp_path / 'third.db'}")
    with pytest.raises(StoreMoved, match="was moved to"):
        open_lookup(house.store.database)
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_taken_back_it_waits_until_its_operator_has_looked(house: House, elsewhere: str) -> None:
    key = house.create().key
    copy_store(house.url, elsewhere)
    there = moved(house, elsewhere)
    there.keys.revoke(house.alice, key.id)
    there.close()
    assert take_back(house.url, house.clock)
    assert not take_back(house.url, house.clock)
    with closing(open_lookup(house.store.database)) as lookup, pytest.raises(StoreUnconfirmed):
        lookup.watch()
    waiting = house.store.operator.unconfirmed()
    assert waiting is not None
    assert [one.id for _, keys in waiting for one in keys] == [key.id]
    house.store.operator.confirm_restored()
    lookup = open_lookup(house.store.database)
    assert lookup.key(key.id) is not None
    lookup.close()


def test_a_copy_that_is_stopped_at_its_very_end_leaves_none_that_is_served_and_goes_on(
    house: House, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = house.create().key

    def fail(*arguments: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("store.operations.move.moving._finish", fail)
        with pytest.raises(RuntimeError):
            copy_store(house.url, elsewhere)
    with pytest.raises(StoreMoved):
        moved(house, house.url)
    with pytest.raises(StoreUnfinished):
        moved(house, elsewhere)
    copy_store(house.url, elsewhere)
    there = moved(house, elsewhere)
    assert there.keys.show(house.alice, key.id).id == key.id
    there.close()


def test_a_store_that_was_set_back_is_not_served_for_having_been_moved(
    house: House, elsewhere: str
) -> None:
    house.create("Website")
    # A process that saw more of it than there is now: a copy was put in its place.
    mark = HighWaterMark.beside(house.pepper_path, house.store.database.whereabouts)
    with house.store.database.reading() as connection:
        standing, known, found = Settings(connection).stands(mark, mark.known())
    assert mark.served(standing._replace(revision=standing.revision + 1), known, found)
    copy_store(house.url, elsewhere, pepper_path=house.pepper_path, clock=house.clock)
    there = moved(house, elsewhere)
    assert there.operator.unconfirmed() is not None
    with closing(open_lookup(there.database)) as lookup, pytest.raises(StoreUnconfirmed):
        lookup.watch()
    there.operator.confirm_restored()
    open_lookup(there.database).close()
    there.close()
