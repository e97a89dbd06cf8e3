"""Routes in what an operator does with a whole store: no copy of it lets more pass than before."""

from pathlib import Path

import pytest

from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import open_store
from store.operations.restore import restore
from tests.house import House

pytestmark = pytest.mark.sqlite_only


def _told(house: House) -> list[tuple[str, str]]:
    return [(str(route), route.needs) for route in house.store.routes.all()]


def test_a_restore_leaves_routes_as_they_are(house: House, tmp_path: Path) -> None:
    routes, copy = house.store.routes, tmp_path / "copy.db"
    routes.add("GET /narrowed", ["any"])
    routes.add("GET /removed", ["any"])
    back_up(house.url, copy)
    routes.add("GET /narrowed", ["events:write"], replace=True)
    routes.remove("GET /removed")
    routes.add("GET /added", ["events:read"])
    before = _told(house)
    restore(house.url, copy, pepper_path=house.pepper_path, clock=house.clock)
    assert _told(house) == before
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_a_copy_from_before_the_first_route_does_not_take_all_of_them_away(
    house: House, tmp_path: Path
) -> None:
    back_up(house.url, tmp_path / "copy.db")
    house.store.routes.add("GET /x", ["events:read"])
    restore(house.url, tmp_path / "copy.db", pepper_path=house.pepper_path, clock=house.clock)
    assert _told(house) == [("GET /x", "events:read")]


def test_where_the_replaced_store_cannot_be_read_they_are_those_of_the_copy(
    house: House, tmp_path: Path
) -> None:
    house.store.routes.add("GET /x", ["events:read"])
    back_up(house.url, tmp_path / "copy.db")
    house.store.close()
    house.store.database.path.write_bytes(b"no database")
    restore(house.url, tmp_path / "copy.db", pepper_path=house.pepper_path, clock=house.clock)
    store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    try:
        assert [str(route) for route in store.routes.all()] == ["GET /x"]
    finally:
        store.close()


def test_a_check_tells_of_routes_that_do_not_go_together(house: House) -> None:
    house.store.routes.add("GET /a/{x}", ["any"])
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO routes (method, path, needs) VALUES ('*', '/a/b', 'any')"
        )
    [finding] = check(house.url, pepper_path=house.pepper_path)
    assert "GET /a/{x}" in finding.sentence
    assert "* /a/b" in finding.sentence
