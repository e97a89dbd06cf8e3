"""Copying a store in several runs: what stops one costs little, and nobody uses half a store."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from store.domain.listing import KeyQuery
from store.domain.people import Role
from store.errors import (
    CopyDiffers,
    CopyOfAnother,
    CopyOutrun,
    ServerUnreachable,
    StoreTaken,
    StoreUnfinished,
)
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.move import copy_store, take_back
from store.operations.open import create_store, open_store, upgrade_store
from store.operations.progress import Progress
from store.operations.restore import restore
from store.persistence.database import Database
from store.persistence.schema import keys, memberships, people
from tests.house import House, build, granted_scopes
from tests.postgres import Cluster

pytestmark = pytest.mark.both_engines

ROOT = Path(__file__).parents[2]
COPYING = """
import sys
from store.operations.move import copy_store, rows
rows.ROWS_AT_ONCE = 1

def told(done, total, name):
    print(done, total, name, flush=True)
    sys.stdin.readline()

copy_store(*sys.argv[1:], told)
"""


def stops_at(name: str) -> Progress:
    """Return a way to be told that stops the work when it comes to something."""

    def told(done: int, total: int, coming: str) -> None:
        if coming.startswith(name):
            raise KeyboardInterrupt

    return told


def stopped(house: House, url: str, at: str = "key_holders") -> None:
    """Copy a house's store up to a table."""
    with pytest.raises(KeyboardInterrupt):
        copy_store(house.url, url, stops_at(at))


@contextmanager
def meddling(url: str) -> Iterator[Connection]:
    """Change a store that no keydeck opens."""
    with closing(Database(url)) as database, database.writing() as connection:
        yield connection


def same(house: House, url: str) -> None:
    """Check that a copy is finished, sound, and shows the keys that the house has."""
    assert check(url, pepper_path=house.pepper_path) == []
    with closing(open_store(url, pepper_path=house.pepper_path, clock=house.clock)) as there:
        assert there.revision() >= house.store.revision()
        for actor in (house.alice, house.bob):
            assert there.keys.page(actor, KeyQuery()) == house.store.keys.page(actor, KeyQuery())
            assert there.audit_trail.verify(actor).trouble is None


def killed(source: str, target: str, table: str) -> None:
    """Copy a row at a time in another process, and kill it among the first rows of a table."""
    with subprocess.Popen(
        [sys.executable, "-c", COPYING, source, target],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # It may be some rows ahead of what is heard of it, and never at its end.
        process.stdin.write("\n\n\n")
        heard = 0
        while heard < 5:
            process.stdin.write("\n")
            process.stdin.flush()
            heard += process.stdout.readline().split()[2].rstrip(",") == table
        process.kill()
    assert process.returncode == -9


def test_killed_again_and_again_it_goes_on_where_it_was(house: House, elsewhere: str) -> None:
    for number in range(10):
        house.store.keys.revoke(house.alice, house.create(f"Key {number}").key.id)
    for killed_in, least in (("audit", 0), ("keys", 4), ("key_holders", 10)):
        killed(house.url, elsewhere, killed_in)
        with closing(Database(elsewhere)) as database, database.reading() as connection:
            assert len(connection.execute(select(keys.c.id)).all()) >= least
        with pytest.raises(StoreUnfinished):
            open_store(elsewhere, pepper_path=house.pepper_path)
    told: list[str] = []
    copy_store(house.url, elsewhere, lambda done, total, name: told.append(name))
    assert told[0].endswith(", comparing")
    same(house, elsewhere)


def test_nothing_opens_serves_checks_or_changes_what_is_not_finished(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    house.create()
    stopped(house, elsewhere)
    with meddling(elsewhere) as connection:
        assert connection.execute(select(keys.c.id)).all(), "half of it is there"
    for use in (
        lambda: open_store(elsewhere, pepper_path=house.pepper_path),
        lambda: create_store(elsewhere, pepper_path=house.pepper_path),
        lambda: upgrade_store(elsewhere),
        lambda: check(elsewhere, pepper_path=house.pepper_path),
        lambda: copy_store(elsewhere, f"sqlite:///{tmp_path / 'third.db'}"),
    ):
        with pytest.raises(StoreUnfinished, match="store copy again"):
            use()
    if elsewhere.startswith("sqlite"):
        with pytest.raises(StoreUnfinished):
            back_up(elsewhere, tmp_path / "backup.db")
        with pytest.raises(StoreUnfinished):
            restore(elsewhere, tmp_path / "moved.db", pepper_path=house.pepper_path)


def test_what_was_changed_between_two_runs_is_taken_over(house: House, elsewhere: str) -> None:
    house.add_member("kim@acme.example", Role.ADMIN)
    house.add_member("mia@acme.example")
    kept, lost = house.create("Kept").key, house.create("Lost").key
    stopped(house, elsewhere)
    house.store.keys.revoke(house.alice, lost.id)
    house.store.keys.rescope(house.alice, kept.id, granted_scopes("events:read"))
    house.store.people.leave(house.alice, "mia@acme.example")
    house.create("New")
    with meddling(elsewhere) as connection:
        members = connection.execute(select(memberships.c.person_id)).all()
    copy_store(house.url, elsewhere)
    same(house, elsewhere)
    with meddling(elsewhere) as connection:
        assert len(connection.execute(select(memberships.c.person_id)).all()) == len(members) - 1


def test_the_server_may_go_away_and_come_back(
    house: House, elsewhere: str, postgres: Cluster
) -> None:
    house.create()

    def lose(done: int, total: int, name: str) -> None:
        if name == "audit" and postgres.process is not None:
            postgres.process.stop()

    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    with pytest.raises(ServerUnreachable):
        copy_store(house.url, elsewhere, lose)
    postgres.process.start()
    copy_store(house.url, elsewhere)
    same(house, elsewhere)


def test_a_copy_of_another_store_is_not_gone_on_with(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    house.create()
    stopped(house, elsewhere)
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other")
    other.store.close()
    with closing(Database(other.url)) as database, database.writing() as connection:
        connection.exec_driver_sql("UPDATE settings SET created_at = created_at + 1")
    with pytest.raises(CopyOfAnother, match="nothing was written"):
        copy_store(other.url, elsewhere)
    copy_store(house.url, elsewhere)
    same(house, elsewhere)


def test_a_store_that_was_set_back_does_not_finish_the_copy(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    house.create("Before")
    earlier = f"sqlite:///{tmp_path / 'earlier.db'}"
    copy_store(house.url, earlier)
    take_back(house.url, house.clock)
    house.create("Since")
    stopped(house, elsewhere)
    with pytest.raises(CopyOutrun, match="was set back"):
        copy_store(earlier, elsewhere)
    with pytest.raises(StoreUnfinished):
        open_store(elsewhere, pepper_path=house.pepper_path)


def test_a_row_that_was_changed_in_the_copy_is_found_and_put_right(
    house: House, elsewhere: str
) -> None:
    house.create()

    def meddle(done: int, total: int, name: str) -> None:
        if name == "audit":
            with meddling(elsewhere) as connection:
                connection.execute(update(people).values(name="Eve"))

    with pytest.raises(CopyDiffers, match="people"):
        copy_store(house.url, elsewhere, meddle)
    copy_store(house.url, elsewhere)
    same(house, elsewhere)


def test_two_that_copy_at_once_finish_it_once(house: House, elsewhere: str) -> None:
    house.create()

    def finish_first(done: int, total: int, name: str) -> None:
        if name == "audit":
            copy_store(house.url, elsewhere)

    with pytest.raises(StoreTaken):
        copy_store(house.url, elsewhere, finish_first)
    same(house, elsewhere)
