"""Moving a store from one engine to another: all of it, or nothing."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from store.checking import check
from store.errors import StoreChanged, StoreMissing, StoreTaken, StoreUnfinished
from store.keys import State
from store.listing import KeyQuery
from store.moving import copy_store
from store.opening import Store, open_store
from store.people import Role
from store.schema import PASSING, key_usage, metadata
from store.schema import revision as revisions
from store.verdicts import Verdict
from store.verifier.batch import Batch
from store.verifier.usage_rows import write
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
    revision = house.store.revision()
    told: list[tuple[int, int]] = []
    copied = copy_store(house.url, elsewhere, lambda done, total, _: told.append((done, total)))
    kept = {table.name for table in metadata.sorted_tables if table not in {*PASSING, revisions}}
    assert {one.table for one in copied} == kept
    assert {one.table: one.rows for one in copied}["keys"] == 3
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0

    there = moved(house, elsewhere)
    try:
        reached = there.revision()
        assert reached >= revision
        assert check(elsewhere, pepper_path=house.pepper_path) == []
        here = house.store.keys.page(house.alice, KeyQuery())
        assert there.keys.page(house.alice, KeyQuery()) == here
        assert there.trail.anchor(house.alice) == house.store.trail.anchor(house.alice)
        assert there.keys.show(house.alice, gone).state(house.clock.now()) is State.REVOKED
        # What comes next has ids of its own.
        there.people.add(house.alice, "new@acme.example", "New", Role.MEMBER)
        assert there.trail.verify(house.alice).trouble is None
        assert there.revision() > reached
    finally:
        there.close()


def test_a_store_is_never_written_over(house: House, elsewhere: str) -> None:
    copy_store(house.url, elsewhere)
    house.create()
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
            revoked.append(house.store.keys.revoke(house.alice, key.id).id)

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
