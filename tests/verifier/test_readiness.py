"""Ready means that a key can be read: as a verification reads it, wherever it is kept."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from store.operations.grants import RolePurpose, grants
from store.persistence.database import sqlite_library
from tests.house import House
from tests.postgres import Cluster
from tests.verifier.serving import Served, eventually, serving


def _ready(served: Served) -> bool:
    return served.client.get("/readyz").status_code == 200


def _pages(path: Path) -> tuple[int, list[int]]:
    """Return the size of a page, and the pages in which the rows of `keys` are."""
    with closing(sqlite_library().connect(path)) as connection:
        size: int = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'keys'"
        ).fetchone()
    content = path.read_bytes()
    page = content[(root - 1) * size : root * size]
    if page[0] == 10:  # a leaf of an index tree, which a table without rowids is
        return size, [root]
    assert page[0] == 2
    cells = int.from_bytes(page[3:5], "big")
    # Each cell of an inner page begins with the number of a page below it (SQLite's file format).
    places = [int.from_bytes(page[12 + 2 * one : 14 + 2 * one], "big") for one in range(cells)]
    below = [int.from_bytes(page[place : place + 4], "big") for place in places]
    return size, [*below, int.from_bytes(page[8:12], "big")]


def _damage(path: Path, size: int, pages: list[int]) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)


def _wake(house: House) -> None:
    # Whoever has pages in memory reads them anew after a commit.
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE workspaces SET name = name || ' '")


def test_a_store_whose_keys_cannot_be_read_is_not_ready(own: Served) -> None:
    key = own.key()
    assert _ready(own)
    size, pages = _pages(own.house.store.database.path)
    assert len(pages) == 1
    _damage(own.house.store.database.path, size, pages)
    _wake(own.house)
    eventually(lambda: own.ask("/verify", key).status_code == 503)
    assert not _ready(own)
    assert own.client.get("/readyz").json()["code"] == "unavailable"
    assert own.client.get("/healthz").status_code == 200


@pytest.fixture
def many(own_house: House, tmp_path: Path) -> Iterator[Served]:
    """A store whose keys are in many pages."""
    for number in range(300):
        own_house.create(f"Key {number}")
    with serving(own_house, tmp_path / "stderr") as server, server.client() as client:
        yield Served(own_house, server, client)


def test_keys_of_which_a_part_cannot_be_read_are_noticed_too(many: Served) -> None:
    assert _ready(many)
    size, pages = _pages(many.house.store.database.path)
    assert len(pages) > 4, "of 300 keys whose ids are drawn, how full a page is differs"
    # Whatever key is read first at every opening, it is not in one of these.
    _damage(many.house.store.database.path, size, pages[len(pages) // 2 :])
    _wake(many.house)
    eventually(lambda: not _ready(many))


@pytest.mark.postgres_only
@pytest.mark.parametrize("lease_s", [None, 3.0], ids=["reading through", "under a lease"])
def test_a_database_without_a_connection_left_is_noticed_and_so_is_one_that_has(
    own_house: House, postgres: Cluster, tmp_path: Path, lease_s: float | None
) -> None:
    name, database = f"few_{secrets.token_hex(4)}", own_house.store.database.url.database or ""
    with postgres.role(name, database) as role:
        postgres.run(grants(RolePurpose.VERIFIER, name), database=database)
        house = replace(own_house, url=postgres.url(database, name))
        with (
            serving(house, tmp_path / "stderr", lease_s=lease_s) as server,
            server.client() as client,
        ):
            served = Served(own_house, server, client)
            key = served.key()
            eventually(lambda: served.ask("/verify", key).status_code == 200)
            eventually(lambda: client.get("/readyz").status_code == 200)
            # Those that are open stay so; for whatever else is asked of the store there is none.
            postgres.run(
                f"ALTER ROLE {role} CONNECTION LIMIT 0",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE usename = '{name}' AND application_name = 'keydeck'",
            )
            eventually(lambda: client.get("/readyz").status_code == 503)
            assert served.ask("/verify", key).status_code == 200
            assert "CONNECTION LIMIT" in server.said()
            postgres.run(f"ALTER ROLE {role} CONNECTION LIMIT -1")
            eventually(lambda: client.get("/readyz").status_code == 200)


@pytest.mark.postgres_only
def test_keys_that_a_server_does_not_give_are_noticed(own: Served, postgres: Cluster) -> None:
    key = own.key()
    assert _ready(own)
    database: Any = own.house.store.database.url.database
    postgres.run("ALTER TABLE keys RENAME TO lost", database=database)
    assert own.ask("/verify", key).status_code == 503
    assert not _ready(own)
    postgres.run("ALTER TABLE lost RENAME TO keys", database=database)
    eventually(lambda: _ready(own))
    assert own.ask("/verify", key).status_code == 200
