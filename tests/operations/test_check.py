"""Checking a store: whatever was changed behind keydeck's back is found and named.

What is PostgreSQL's own, its triggers and their functions, stands in `test_postgres`.
"""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.errors import StoreMissing, StoreOutdated
from store.operations.check import check
from store.persistence.database import Database, sqlite_library
from tests.benchmarks.filling import fill
from tests.house import House, build


@pytest.fixture
def closed(house: House) -> House:
    """A store with some history, closed."""
    issued = house.create()
    house.store.rotations.rotate(house.alice, issued.key.id)
    house.store.keys.revoke(house.alice, issued.key.id)
    house.create("Bob's", actor=house.bob)
    house.store.close()
    return house


def meddle(house: House, *statements: str) -> None:
    """Change a store as somebody with the file and any SQLite shell could."""
    connection: Any = sqlite_library().connect(house.store.database.path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def meddle_anywhere(house: House, rule: str, table: str, *statements: str) -> None:
    """Change a store, on either engine, as its owner could who takes a rule away first."""
    of_table = "" if house.store.database.on_sqlite else f" ON {table}"
    with closing(Database(house.url)) as database, database.writing() as connection:
        for statement in (f"DROP TRIGGER {rule}{of_table}", *statements):
            connection.exec_driver_sql(statement)


def found(house: House) -> str:
    """Return what checking finds, as one text."""
    return "\n".join(one.sentence for one in check(house.url, pepper_path=house.pepper_path))


def test_a_store_that_the_benchmarks_fill_is_sound(house: House) -> None:
    fill(house, 30)
    assert found(house) == ""


def test_a_sound_store_has_no_finding(closed: House) -> None:
    assert found(closed) == ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'nobody@acme.example' WHERE id = 3",
        "UPDATE audit SET at = at - 1 WHERE id = 3",
        "UPDATE audit SET details = '{}' WHERE id = 3",
        "UPDATE audit SET action = 'key.created' WHERE id = 3",
        "UPDATE audit SET revision = revision - 1 WHERE id = 3",
    ],
)
def test_a_changed_entry_of_the_audit_is_named(closed: House, change: str) -> None:
    meddle(closed, "DROP TRIGGER audit_is_never_updated", change)
    said = found(closed)
    assert "was changed" in said
    assert "audit_is_never_updated is missing" in said


@pytest.mark.both_engines
def test_an_entry_that_was_taken_out_is_missed(closed: House) -> None:
    meddle_anywhere(
        closed,
        *("audit_is_never_deleted", "audit"),
        "DELETE FROM audit WHERE workspace_id = 1 AND seq = 2",
    )
    assert "The audit of acme-events: Entry 2 is missing: 3 comes after 1." in found(closed)


def test_entries_cannot_change_places(closed: House) -> None:
    meddle(
        closed,
        "DROP TRIGGER audit_is_never_updated",
        "UPDATE audit SET seq = -seq WHERE workspace_id = 1 AND seq IN (2, 3)",
        "UPDATE audit SET seq = CASE seq WHEN -2 THEN 3 ELSE 2 END WHERE seq < 0",
    )
    assert "The audit of acme-events: Entry 2 was changed" in found(closed)


@pytest.mark.both_engines
def test_one_workspaces_chain_says_nothing_of_anothers(closed: House) -> None:
    meddle_anywhere(
        closed,
        *("audit_is_never_updated", "audit"),
        "UPDATE audit SET actor = 'x' WHERE workspace_id = 2 AND seq = 1",
    )
    said = found(closed)
    assert "The audit of bolt-catering: Entry 1 was changed" in said
    assert "acme-events" not in said


def test_a_rule_that_was_weakened_is_named(closed: House) -> None:
    meddle(
        closed,
        "DROP TRIGGER keys_stay_revoked",
        "CREATE TRIGGER keys_stay_revoked BEFORE UPDATE ON keys WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END",
    )
    assert "keys_stay_revoked says something else" in found(closed)


def test_a_row_that_refers_to_nothing_is_named(closed: House) -> None:
    meddle(closed, "PRAGMA foreign_keys = OFF", "UPDATE memberships SET person_id = 4711")
    assert "A row of memberships refers to a row of people" in found(closed)


def test_a_revision_that_was_set_back_is_noticed(closed: House) -> None:
    meddle(closed, "DROP TRIGGER revision_only_rises", "UPDATE revision SET value = 1")
    assert "ahead of the store's revision 1" in found(closed)


def test_a_damaged_page_is_found(closed: House) -> None:
    meddle(closed, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = closed.store.database.path
    size = path.stat().st_size
    with path.open("r+b") as file:
        # Beyond the schema: the header must stay readable to get this far.
        for page in range(20, size // 4096, 7):
            file.seek(page * 4096)
            file.write(os.urandom(200))
    assert "Restore a backup" in found(closed)


@pytest.mark.both_engines
def test_without_the_pepper_the_rest_is_still_checked(closed: House) -> None:
    closed.pepper_path.unlink()
    meddle_anywhere(closed, "keys_are_never_deleted", "keys")
    said = found(closed)
    assert "keys_are_never_deleted is missing" in said
    assert "The audit could not be verified without it" in said


@pytest.mark.both_engines
def test_another_stores_pepper_is_found_out(closed: House, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other")
    other.store.close()
    findings = check(closed.url, pepper_path=other.pepper_path)
    assert "not the one this store was made with" in findings[0].sentence


def test_what_is_no_store_cannot_be_looked_at(tmp_path: Path, closed: House) -> None:
    with pytest.raises(StoreMissing):
        check(f"sqlite:///{tmp_path / 'none.db'}")
    meddle(closed, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreOutdated):
        found(closed)


def test_checking_changes_nothing(closed: House) -> None:
    before = closed.store.database.path.read_bytes()
    found(closed)
    assert closed.store.database.path.read_bytes() == before
