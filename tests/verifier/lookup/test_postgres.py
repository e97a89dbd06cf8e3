"""A verifier whose database server goes away: 503 at once, and back to work as soon as it is."""

import time

import pytest

from store.domain.clock import SystemClock
from store.errors import ServerUnreachable, StoreUnconfirmed
from store.persistence.repositories.settings import Settings
from store.persistence.schema import settings
from store.verifier.lookup.postgres import PostgresLookup
from tests.house import House
from tests.postgres import Cluster
from tests.verifier.serving import Served, eventually

pytestmark = pytest.mark.postgres_only


def test_a_server_that_is_down_is_unavailable_and_then_asked_again(
    own: Served, postgres: Cluster
) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    issued, revoked = own.issue("quotes:write"), own.issue()
    key = issued.secret.reveal()
    assert own.ask("/verify", key).status_code == 200
    postgres.process.stop()
    try:
        for _ in range(3):
            began = time.monotonic()
            answer = own.ask("/verify", key)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert time.monotonic() - began < 10
        body = {"customer": "Jane", "currency": "EUR", "amount": "1"}
        assert own.ask("/quotes", key, "POST", json=body).status_code == 503
        assert own.client.get("/readyz").status_code == 503
        assert own.client.get("/healthz").status_code == 200
        # What needs no store is decided as ever.
        assert own.ask("/verify", "garbage").status_code == 401
    finally:
        postgres.process.start()
    eventually(lambda: own.ask("/verify", key).status_code == 200)
    own.house.store.keys.revoke(own.house.alice, revoked.key.id)
    assert own.ask("/verify", revoked.secret.reveal()).json()["code"] == "revoked"

    def counted() -> bool:
        usage = own.house.store.usage.of_key(own.house.alice, issued.key.id, 0)
        return sum(usage.traffic.by_verdict.values()) >= 2

    # What was counted before it went was kept.
    eventually(counted)


def test_a_server_that_falls_silent_holds_up_one_request(own: Served, postgres: Cluster) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    key = own.key()
    assert own.ask("/verify", key).status_code == 200
    with postgres.process.silent():
        assert own.ask("/verify", key).status_code == 503
        slowest, ends = 0.0, time.monotonic() + 1
        while (began := time.monotonic()) < ends:
            assert own.ask("/verify", key).status_code == 503
            assert own.client.get("/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
        # A new connection is waited for for two seconds, but nobody waits with it.
        assert slowest < 1
    eventually(lambda: own.ask("/verify", key).status_code == 200)


def test_a_connection_that_the_server_ends_costs_no_request(own: Served, postgres: Cluster) -> None:
    key = own.key()
    for _ in range(3):
        assert own.ask("/verify", key).status_code == 200
        name = own.house.store.database.url.database
        with postgres.connected() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )


def test_a_verifier_reads_only_and_notices_what_may_not_be_served(house: House) -> None:
    now = [0.0]
    key = house.create().key
    lookup = PostgresLookup(house.store.database, monotonic=lambda: now[0])
    try:
        found = lookup.key(key.id)
        assert found is not None
        assert found.id == key.id
        stranger = lookup.key("A" * 12)
        assert stranger is not None
        assert stranger.id == key.id, "an unknown id costs what a known one does"
        with house.store.database.writing() as connection:
            connection.execute(settings.update().values(restored_at=SystemClock().now()))
        now[0] += 1
        with pytest.raises(StoreUnconfirmed):
            lookup.key(key.id)
        with house.store.database.writing() as connection:
            Settings(connection).confirm(0)
        assert lookup.key(key.id) is not None
    finally:
        lookup.close()


def test_after_a_failure_nobody_waits_for_the_server_at_every_request(
    house: House, postgres: Cluster
) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    key, now = house.create().key, [0.0]
    lookup = PostgresLookup(house.store.database, monotonic=lambda: now[0])
    postgres.process.stop()
    try:
        with pytest.raises(ServerUnreachable):
            lookup.key(key.id)
        with pytest.raises(ServerUnreachable, match="a moment ago"):
            lookup.key(key.id)
    finally:
        postgres.process.start()
    now[0] += 1
    assert lookup.key(key.id) is not None
    lookup.close()
