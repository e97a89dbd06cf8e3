"""A verifier under a lease, in a process of its own: what it remembers, and what ends that."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.domain.people import Plan
from store.domain.scopes import OURS, scopes
from store.service.keys import Issued
from tests.conftest import MoveIn
from tests.house import House
from tests.postgres import Cluster
from tests.verifier.serving import (
    API,
    PATIENCE_S,
    Served,
    eventually,
    received,
    serving,
    wrong_secret,
)

pytestmark = pytest.mark.postgres_only

# Short where its end is waited for, long where nothing but a notification can be in time.
SHORT_S, LONG_S = 1.5, 10.0
ISSUER = "https://here.example"
DEAF = """
from store.verifier.leasing import statements
statements.LISTEN = "SELECT 1"
"""
# Whatever it has read, something changes before it asks for time.
OUTRUN = """
from store.verifier.leasing.keeper import Keeper
catch_up = Keeper._catch_up
async def outrun(self, connection):
    asking = await catch_up(self, connection)
    await connection.execute("UPDATE keys SET expires_at = expires_at + 1 WHERE name = 'Busy'")
    return asking
Keeper._catch_up = outrun
"""
# A renewal comes too late to be what a change was heard of by, on a slow machine too.
SELDOM = """
from store.verifier.leasing import keeper
keeper.RENEWALS = 1.25
"""
HEARD_WITHIN_S = 6
# Most of a lease is left when its server is stopped, which may take a second.
OFTEN = """
from store.verifier.leasing import keeper
keeper.RENEWALS = 8
"""
# A verifier that soon is too far behind, and looks around often.
FORGETFUL = f"""
from store.verifier.leasing import worker_identity
worker_identity.KEPT = 2
from store.verifier.leasing import keeper
keeper.TIDY_EVERY_S = 0.1
{DEAF}"""


@contextmanager
def leased(
    house: House, folder: Path, lease_s: float = SHORT_S, **options: Any
) -> Iterator[Served]:
    """Serve a house under a lease, from when it is live."""
    with (
        serving(house, folder / "stderr", lease_s=lease_s, **options) as server,
        server.client() as client,
    ):
        served = Served(house, server, client)
        eventually(lambda: lease(served) == "live")
        yield served


def lease(served: Served) -> str | None:
    """Return how it stands with the lease, None where nobody knows."""
    told: str | None = served.client.get("/readyz").json().get("lease")
    return told


def metric(served: Served, name: str) -> int:
    """Return one number of /metrics."""
    for line in served.client.get("/metrics").text.splitlines():
        if line.startswith(f"{name} "):
            return int(line.split()[1])
    raise AssertionError("there is no such number")


def psql(server: Cluster, house: House, statement: str) -> list[tuple[Any, ...]]:
    """Do with a house's database what any program could."""
    with server.connected(house.store.database.url.database or "") as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def code(served: Served, key: str, path: str = "/verify") -> str:
    """Return the verdict on a key."""
    answer = served.ask(path, key)
    return "valid" if answer.status_code == 200 else str(answer.json()["code"])


def test_what_is_remembered_is_good_without_the_server_until_the_lease_ends(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    with leased(own_house, tmp_path, 3.0, prelude=OFTEN) as served:
        key, other = served.key(), served.key()
        assert code(served, key) == "valid"
        postgres.process.stop()
        try:
            stopped, last = time.monotonic(), 0.0
            while (began := time.monotonic()) and code(served, key) == "valid":
                last = began
                assert code(served, other) == "unavailable", "it was not asked for before"
                assert code(served, wrong_secret(key)) == "unavailable"
            assert stopped < last < stopped + 3
            assert code(served, key) == "unavailable"
        finally:
            postgres.process.start()
        eventually(lambda: lease(served) == "live")
        assert code(served, other) == code(served, key) == "valid"


def test_a_server_that_falls_silent_is_not_waited_for_at_every_request(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to stop")
    with leased(own_house, tmp_path, LONG_S) as served:
        key, other = served.key(), served.key()
        assert code(served, key) == "valid"
        with postgres.process.silent():
            assert code(served, other) == "unavailable"
            began = time.monotonic()
            for _ in range(20):
                assert code(served, key) == "valid"
                assert code(served, other) == "unavailable"
            assert time.monotonic() - began < 10, "each would have waited more than a second"
        eventually(lambda: code(served, other) == "valid")


@pytest.fixture(scope="module")
def told(
    move_in: MoveIn, postgres: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A house behind a verifier whose lease outlasts every test here."""
    folder = tmp_path_factory.mktemp("told")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        leased(house, folder, LONG_S, public_url=ISSUER, prelude=SELDOM) as served,
    ):
        yield served


def by_revoking(served: Served, issued: Issued, server: Cluster) -> None:
    served.house.store.keys.revoke(served.house.alice, issued.key.id)


def by_taking_a_scope(served: Served, issued: Issued, server: Cluster) -> None:
    served.house.store.keys.rescope(
        served.house.alice, issued.key.id, scopes(["quotes:read"], OURS)
    )


def by_the_plan(served: Served, issued: Issued, server: Cluster) -> None:
    served.house.store.operator.set_plan("acme-events", Plan.FREE)


def by_hand(served: Served, issued: Issued, server: Cluster) -> None:
    psql(server, served.house, f"UPDATE keys SET expires_at = 1 WHERE id = '{issued.key.id}'")


def by_a_restore(served: Served, issued: Issued, server: Cluster) -> None:
    psql(server, served.house, "UPDATE settings SET restored_at = 1")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (by_revoking, "revoked"),
        (by_taking_a_scope, "scope"),
        (by_the_plan, "plan"),
        (by_hand, "expired"),
        (by_a_restore, "unavailable"),
    ],
)
def test_whatever_a_verdict_depends_on_is_heard_of(
    told: Served,
    postgres: Cluster,
    change: Callable[[Served, Issued, Cluster], None],
    expected: str,
) -> None:
    issued, other = told.issue(), told.key()
    key = issued.secret.reveal()
    asked = "/verify?scope=availability:read"
    assert code(told, key, asked) == code(told, other, asked) == "valid"
    assert metric(told, "keydeck_remembered_rows") >= 2
    change(told, issued, postgres)
    try:
        eventually(lambda: code(told, key, asked) == expected, HEARD_WITHIN_S)
        assert {code(told, key, asked) for _ in range(3)} == {expected}
        assert code(told, other, asked) == ("valid" if change in ONE_KEY else expected)
    finally:
        told.house.store.operator.set_plan("acme-events", Plan.PRO)
        psql(postgres, told.house, "UPDATE settings SET restored_at = NULL")
    eventually(lambda: code(told, other, asked) == "valid", HEARD_WITHIN_S)


ONE_KEY = (by_revoking, by_taking_a_scope, by_hand)


def test_a_connection_that_is_revoked_is_heard_of(told: Served) -> None:
    house = told.house
    connection, pair = house.opened()
    bearer = {"Authorization": f"Bearer {pair.access.reveal()}"}

    def status() -> int:
        return told.client.post("/mcp", headers=bearer, json={}).status_code

    def caught_up() -> bool:
        known = metric(told, "keydeck_confirmed_revision") == house.store.revision()
        return known and metric(told, "keydeck_leases_live") == 1

    # What raises the revision and takes nothing away is read with the next renewal.
    eventually(caught_up)
    before = metric(told, "keydeck_remembered_rows")
    assert status() != 401
    assert status() != 401
    assert metric(told, "keydeck_remembered_rows") == before + 1
    house.store.connections.revoke(house.alice, connection.id)
    eventually(lambda: status() == 401, HEARD_WITHIN_S)


def test_a_lease_is_renewed_though_something_changes_in_every_round_trip(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    own_house.create("Busy")
    with leased(own_house, tmp_path, LONG_S, prelude=OUTRUN) as served:
        issued = served.issue()
        key = issued.secret.reveal()
        held = "SELECT renewals, verifiers.revision < value FROM verifiers, revision"
        rows = "keydeck_remembered_rows"
        [(before, _)] = psql(postgres, own_house, held)
        eventually(lambda: psql(postgres, own_house, held)[0][0] > before + 9)
        assert psql(postgres, own_house, held)[0][1], "nothing was changed meanwhile"
        eventually(lambda: code(served, key) == "valid" and metric(served, rows) == 1)
        own_house.store.keys.revoke(own_house.alice, issued.key.id)
        eventually(lambda: code(served, key) == "revoked")


def test_a_change_nobody_was_notified_of_is_applied_before_the_lease_is_renewed(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    with leased(own_house, tmp_path, 3.0, prelude=DEAF) as served:
        issued = served.issue()
        key = issued.secret.reveal()
        assert code(served, key) == "valid"
        own_house.store.keys.revoke(own_house.alice, issued.key.id)
        revision = own_house.store.revision()
        committed = time.monotonic()
        held = "SELECT renewals, revision FROM verifiers"
        [(renewals, _)] = psql(postgres, own_house, held)
        while (found := psql(postgres, own_house, held)[0])[1] < revision:
            assert found[0] <= renewals + 1, "one was under way; it was renewed once more"
            assert time.monotonic() < committed + PATIENCE_S
        assert code(served, key) == "revoked"


def test_a_verifier_that_was_stopped_longer_than_its_lease_refuses_the_first_request(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    with leased(own_house, tmp_path) as served, served.server.connect() as wire:
        issued = served.issue()
        key = issued.secret.reveal()
        assert code(served, key) == "valid"
        served.server.process.send_signal(signal.SIGSTOP)
        try:
            own_house.store.keys.revoke(own_house.alice, issued.key.id)
            head = f"GET {API}/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
            wire.sendall(head.encode())
            time.sleep(SHORT_S)
        finally:
            served.server.process.send_signal(signal.SIGCONT)
        assert received(wire).json()["code"] == "revoked"


def test_who_holds_a_lease_is_listed_until_it_leaves(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    listed = "SELECT host, process, lease_ms, revision, requests, refusals FROM verifiers"
    with leased(own_house, tmp_path, workers=2) as served:
        key = served.key()
        assert code(served, key) == "valid"
        assert code(served, wrong_secret(key)) == "unknown"

        def told() -> bool:
            found = psql(postgres, own_house, listed)
            done = [sum(row[place] for row in found) for place in (4, 5)]
            return (
                {row[2:4] for row in found} == {(1500, own_house.store.revision())}
                and len({row[:2] for row in found}) == 2
                and done[0] > 2
                and done[1] == 1
            )

        eventually(told)
        eventually(lambda: metric(served, "keydeck_leases_live") == 2)
        assert served.server.terminate() == 0
        assert psql(postgres, own_house, listed) == []


def test_who_is_too_far_behind_forgets_everything_and_the_dead_are_removed(
    own_house: House, postgres: Cluster, tmp_path: Path
) -> None:
    row = (
        "INSERT INTO verifiers SELECT '{}', '', 1, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 1000, '', 7, {}"
    )
    for name, lapsed in (("seen to lapse", True), ("silent for years", False)):
        psql(postgres, own_house, row.format(name, lapsed))
    with leased(own_house, tmp_path, prelude=FORGETFUL) as served:
        issued, other = served.issue(), served.issue()
        key = issued.secret.reveal()
        assert code(served, key) == "valid"
        changes = f"UPDATE keys SET expires_at = 1 WHERE id = '{issued.key.id}';" + "".join(
            f"UPDATE keys SET expires_at = {end} WHERE id = '{other.key.id}';" for end in range(3)
        )
        # The first is noted down no more when the verifier looks.
        # As if ten thousand others had been made since.
        early = "ALTER TABLE changes DISABLE TRIGGER changes_are_kept_for_verifiers"
        psql(postgres, own_house, f"{early}; {changes} DELETE FROM changes")
        eventually(lambda: code(served, key) == "expired")
        eventually(lambda: len(psql(postgres, own_house, "SELECT id FROM verifiers")) == 1)
        for end in range(6):
            psql(postgres, own_house, f"UPDATE keys SET expires_at = {end + 9}")
        eventually(lambda: len(psql(postgres, own_house, "SELECT revision FROM changes")) < 6)


def test_a_lease_that_lives_does_not_make_a_verifier_ready_that_can_read_no_key(
    own_house: House, tmp_path: Path, postgres: Cluster
) -> None:
    with leased(own_house, tmp_path, LONG_S) as served:
        key = served.key()
        eventually(lambda: served.ask("/verify", key).status_code == 200)
        database = own_house.store.database.url.database or ""
        postgres.run("ALTER TABLE keys RENAME TO lost", database=database)
        assert served.client.get("/readyz").status_code == 503
        postgres.run("ALTER TABLE lost RENAME TO keys", database=database)
        eventually(lambda: served.client.get("/readyz").status_code == 200)
