"""A store that cannot be used: 503 with Retry-After, and back to work as soon as it can be."""

import base64
import os
import secrets
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from store.errors import PepperWrong, StoreMissing
from store.operations.open import open_store
from store.persistence.repositories.settings import Settings
from store.persistence.schema import verdict_counts
from store.verifier.server import serve
from tests.house import build
from tests.verifier.serving import Served, eventually

_QUOTE = {"customer": "Jane", "currency": "EUR", "amount": "1"}


def _unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"] == "unavailable"
    assert "www-authenticate" not in answer.headers
    assert "/" not in answer.json()["detail"]


def test_a_store_that_was_moved_away_is_unavailable_until_it_is_back(own: Served) -> None:
    issued = own.issue("quotes:read quotes:write events:read")
    key = issued.secret.reveal()
    assert own.ask("/verify", key).status_code == 200
    path = own.house.store.database.path
    own.house.store.close()
    away = path.with_name("away.db")
    path.rename(away)

    # SQLite serves the old file on; a second later at most the loss is noticed.
    eventually(lambda: own.ask("/verify", key).status_code == 503)
    _unavailable(own.ask("/verify", key))
    _unavailable(own.ask("/events", key))
    _unavailable(own.ask("/quotes", key, "POST", json=_QUOTE))
    _unavailable(own.client.get("/readyz"))
    assert own.client.get("/healthz").status_code == 200
    assert own.client.get("/metrics").status_code == 200
    # What needs no store is decided as ever.
    assert own.ask("/verify").status_code == 401
    assert own.ask("/verify", "garbage").status_code == 401
    assert not path.exists()

    away.rename(path)
    eventually(lambda: own.client.get("/readyz").status_code == 200)
    assert own.ask("/verify", key).status_code == 200
    assert own.ask("/quotes", key, "POST", json=_QUOTE).status_code == 201

    def counted() -> int:
        with own.house.store.database.reading() as connection:
            return sum(connection.scalars(select(verdict_counts.c.count)))

    # What was counted while it was away was kept; every valid verdict before and after as well.
    eventually(lambda: counted() >= 3)


def test_a_store_that_was_replaced_is_the_one_that_is_asked(own: Served, tmp_path: Path) -> None:
    issued = own.issue()
    key = issued.secret.reveal()
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other")
    path = own.house.store.database.path
    own.house.store.close()
    assert own.ask("/verify", key).status_code == 200
    stale = other.create()
    other.store.close()
    os.replace(other.url.removeprefix("sqlite:///"), path)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    # The other store's pepper is not this verifier's, so it can tell nothing about any key.
    eventually(lambda: own.client.get("/readyz").status_code == 503)
    _unavailable(own.ask("/verify", stale.secret.reveal()))
    _unavailable(own.ask("/verify", key))


def test_a_store_that_is_no_store_any_more_is_unavailable(own: Served) -> None:
    key = own.key()
    path = own.house.store.database.path
    own.house.store.close()
    path.rename(path.with_name("away.db"))
    path.write_bytes(b"nonsense " * 1000)
    eventually(lambda: own.ask("/verify", key).status_code == 503)
    _unavailable(own.ask("/verify", key))
    _unavailable(own.client.get("/readyz"))
    assert own.client.get("/healthz").status_code == 200


def test_a_store_that_somebody_holds_can_be_read_and_is_busy_for_writes(own: Served) -> None:
    key = own.key("quotes:read quotes:write")
    with own.house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE workspaces SET name = name")
        assert own.ask("/verify", key).status_code == 200
        _unavailable(own.ask("/quotes", key, "POST", json=_QUOTE))
        assert own.ask("/quotes", key).json()["data"] == []
    assert own.ask("/quotes", key, "POST", json=_QUOTE).status_code == 201


def test_a_pepper_that_is_added_later_is_read_without_a_restart(own: Served) -> None:
    house = own.house
    before = own.key()
    pepper = base64.b64encode(secrets.token_bytes(32)).decode()
    with house.pepper_path.open("a") as file:
        file.write(f"{pepper}\n")
    assert own.ask("/verify", before).status_code == 200
    renewed = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    try:
        with renewed.database.writing() as connection:
            Settings(connection).add_fingerprint(renewed.peppers.newest, house.clock.now())
        house.store.close()
        house.store = renewed
        after = own.key()
        assert own.ask("/verify", after).status_code == 200
        assert own.ask("/verify", before).status_code == 200
        assert own.client.get("/readyz").status_code == 200
    finally:
        renewed.close()


def test_a_pepper_that_nobody_has_is_unavailable_and_not_unknown(own: Served) -> None:
    house = own.house
    before = own.key()
    complete = house.pepper_path.read_text("ascii")
    pepper = base64.b64encode(secrets.token_bytes(32)).decode()
    house.pepper_path.write_text(f"{complete}{pepper}\n", "ascii")
    renewed = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    with renewed.database.writing() as connection:
        Settings(connection).add_fingerprint(renewed.peppers.newest, house.clock.now())
    house.store.close()
    house.store = renewed
    after = own.key()
    house.pepper_path.write_text(complete, "ascii")
    _unavailable(own.ask("/verify", after))
    _unavailable(own.client.get("/readyz"))
    assert own.ask("/verify", before).status_code == 200
    renewed.close()


def test_it_does_not_start_without_its_store_or_with_another_pepper(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        serve(f"sqlite:///{tmp_path / 'none.db'}", port=0)
    house = build(tmp_path)
    try:
        house.pepper_path.write_text(base64.b64encode(bytes(32)).decode() + "\n", "ascii")
        with pytest.raises(PepperWrong):
            serve(house.url, port=0, pepper_path=house.pepper_path)
    finally:
        house.store.close()
