"""Upgrading a store that an older keydeck made: what it held is still there."""

from pathlib import Path
from typing import Any

import psutil
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import store.migrations
from store.checking import check
from store.database import Database, sqlite_library
from store.errors import StoreOutdated, StoreUnusable
from store.migrations import run
from store.migrations.triggers import sqlite_triggers
from store.opening import create_store, open_store, upgrade_store
from store.schema import SCHEMA_VERSION
from store.service.keys import NewKey
from store.times import DAY, MINUTE
from store.verdicts import Verdict
from tests.house import NOON, House, granted_scopes


def first_schema(house: House, folder: Path) -> str:
    """Make a store as the first keydeck did, with the house's rows, and return its address."""
    url = f"sqlite:///{folder / 'old.db'}"
    database = Database(url, create=True)
    with database.writing() as connection:
        migrate(connection, "0001")
    database.close()
    driver: Any = sqlite_library().connect(database.path, isolation_level=None)
    driver.execute("DROP TRIGGER revision_stays")
    for table in ("resources", "revision"):
        driver.execute(f"DELETE FROM {table}")
    driver.execute("ATTACH ? AS now", (str(house.store.database.path),))
    for table in (
        *("settings", "revision", "peppers", "workspaces", "people", "memberships"),
        *("resources", "keys", "key_holders", "audit"),
    ):
        columns = [row[1] for row in driver.execute(f"PRAGMA main.table_info({table})")]
        named = ", ".join(columns)
        driver.execute(f"INSERT INTO main.{table} ({named}) SELECT {named} FROM now.{table}")
    driver.execute(sqlite_triggers()[-1])
    driver.close()
    return url


def migrate(connection: Connection, version: str) -> None:
    """Bring a schema to a version."""
    config = Config()
    config.set_main_option("script_location", str(Path(store.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def test_stopped_between_two_migrations_the_store_is_whole_and_the_next_upgrade_goes_on(
    house: House, tmp_path: Path
) -> None:
    issued = house.create()
    url = first_schema(house, tmp_path)
    told: list[tuple[int, int, str]] = []

    def stop_after_one(done: int, total: int, name: str) -> None:
        told.append((done, total, name))
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade_store(url, stop_after_one)
    database = Database(url)
    with database.reading() as connection:
        assert run.version(connection) == "0002"
    database.close()
    with pytest.raises(StoreOutdated, match="0002"):
        open_store(url, pepper_path=house.pepper_path)
    total = len(run.steps("0001"))
    assert [(done, of) for done, of, _ in told] == [(0, total), (1, total)]
    assert told[0][2].startswith("Counts by scope")

    assert upgrade_store(url) == SCHEMA_VERSION
    upgraded = open_store(url, pepper_path=house.pepper_path, clock=house.clock)
    assert upgraded.keys.show(house.alice, issued.key.id).id == issued.key.id
    upgraded.close()
    assert check(url, pepper_path=house.pepper_path) == []


def test_a_store_that_is_refused_is_not_kept_open(house: House, tmp_path: Path) -> None:
    def stop(done: int, total: int, name: str) -> None:
        raise KeyboardInterrupt

    url = first_schema(house, tmp_path)
    # What was raised keeps alive whatever was open when it was.
    with pytest.raises(StoreOutdated) as outdated:
        open_store(url, pepper_path=house.pepper_path)
    with pytest.raises(KeyboardInterrupt) as stopped:
        upgrade_store(url, stop)
    foreign = tmp_path / "foreign.db"
    connection: Any = sqlite_library().connect(foreign)
    connection.execute("CREATE TABLE people (name)")
    connection.close()
    with pytest.raises(StoreUnusable) as unmade:
        create_store(f"sqlite:///{foreign}", pepper_path=tmp_path / "new-pepper")
    still_open = {file.path for file in psutil.Process().open_files()}
    assert not still_open & {str(tmp_path / "old.db"), str(foreign)}
    del outdated, stopped, unmade


def test_a_store_of_the_first_schema_keeps_its_keys_its_audit_and_its_counts(
    house: House, tmp_path: Path
) -> None:
    issued = house.create()
    house.store.keys.revoke(house.alice, issued.key.id)
    url = first_schema(house, tmp_path)
    database = Database(url)
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO key_minutes (workspace_id, key_id, minute, verdict, count)"
                " VALUES (1, :id, :minute, 'valid', 7), (1, :id, :minute, 'revoked', 2)"
            ),
            {"id": issued.key.id, "minute": NOON // MINUTE},
        )
    database.close()
    with pytest.raises(StoreOutdated, match="keydeck store upgrade"):
        open_store(url, pepper_path=house.pepper_path)

    assert upgrade_store(url) == SCHEMA_VERSION
    upgraded = open_store(url, pepper_path=house.pepper_path, clock=house.clock)
    assert upgraded.keys.show(house.alice, issued.key.id) == house.store.keys.show(
        house.alice, issued.key.id
    )
    details = upgraded.keys.details(house.alice, issued.key.id)
    assert details.holders == house.store.keys.details(house.alice, issued.key.id).holders != ()
    usage = upgraded.usage.of_key(house.alice, issued.key.id, NOON)
    assert usage.traffic.by_verdict == {Verdict.VALID: 7, Verdict.REVOKED: 2}
    assert usage.traffic.by_minute == {NOON // MINUTE: 7}
    upgraded.close()
    assert check(url, pepper_path=house.pepper_path) == []


def test_an_older_rotation_gets_the_expiry_its_old_key_had_without_it(
    house: House, tmp_path: Path
) -> None:
    granted = granted_scopes("events:read")
    ends: dict[str, int | None] = {"Never": None, "Yearly": NOON + 365 * DAY}
    sides = {}
    for name, expires_at in ends.items():
        old = house.store.keys.create(house.alice, NewKey(name, granted, expires_at)).key.id
        sides[name] = old, house.store.rotations.rotate(house.alice, old).successor.id
    url = first_schema(house, tmp_path)
    database = Database(url)
    with database.writing() as connection:
        for old, new in sides.values():
            connection.execute(
                text(
                    "INSERT INTO rotations (workspace_id, predecessor_id, successor_id,"
                    " started_at, started_by, overlap_ends_at) VALUES (1, :old, :new, :at, 1, :at)"
                ),
                {"old": old, "new": new, "at": NOON},
            )
    database.close()
    upgrade_store(url)
    upgraded = open_store(url, pepper_path=house.pepper_path, clock=house.clock)
    found = {
        course.predecessor.name: course.rotation.expires_before
        for course in upgraded.course.all(house.alice)
    }
    upgraded.close()
    assert found == ends
