"""A change to a key or its workspace holds for the next request, and inside a running one."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import update

from store.domain.clock import SystemClock
from store.domain.people import Plan
from store.domain.times import SECOND
from store.persistence.schema import keys
from store.service.keys import Issued
from tests.house import granted_scopes
from tests.verifier.serving import API, Served, Server, eventually, half_sent, received, serving

pytestmark = pytest.mark.both_engines

_JSON = {"Content-Type": "application/json"}
_QUOTE = b'{"customer":"Jane","currency":"EUR","amount":"1"}'


def _code(served: Served, path: str, key: str) -> str:
    answer = served.ask(path, key)
    return "valid" if answer.status_code == 200 else str(answer.json()["code"])


def test_a_revocation_holds_for_the_very_next_request(served: Served) -> None:
    house = served.house
    for _ in range(20):
        issued = served.issue()
        key = issued.secret.reveal()
        assert _code(served, "/verify", key) == "valid"
        house.store.keys.revoke(house.alice, issued.key.id)
        assert [_code(served, "/verify", key) for _ in range(3)] == ["revoked"] * 3


class _Hammer:
    """Asks with one key, from several connections, until it is stopped."""

    def __init__(self, server: Server, key: str) -> None:
        self._server = server
        self._key = key
        self._stop = threading.Event()
        self.answers: list[tuple[float, int]] = []
        """When each request began, by perf_counter, and its status."""

    def ask(self) -> None:
        with self._server.client(headers={"Authorization": f"Bearer {self._key}"}) as client:
            while not self._stop.is_set():
                began = time.perf_counter()
                self.answers.append((began, client.get(f"{API}/verify").status_code))

    def wait_for_more(self, requests: int) -> None:
        wanted = len(self.answers) + requests
        eventually(lambda: len(self.answers) >= wanted)

    def stop(self) -> None:
        self._stop.set()


def test_no_request_begun_after_a_revocation_is_let_in_by_any_worker(
    served: Served, tmp_path: Path
) -> None:
    house = served.house
    with serving(house, tmp_path / "stderr", workers=2) as server:
        for _ in range(5):
            issued = served.issue()
            hammer = _Hammer(server, issued.secret.reveal())
            with ThreadPoolExecutor(4) as pool:
                asking = [pool.submit(hammer.ask) for _ in range(4)]
                try:
                    hammer.wait_for_more(20)
                    house.store.keys.revoke(house.alice, issued.key.id)
                    revoked = time.perf_counter()
                    hammer.wait_for_more(40)
                finally:
                    hammer.stop()
                for one in asking:
                    one.result()
            assert {status for began, status in hammer.answers if began > revoked} == {401}
            assert 200 in {status for began, status in hammer.answers if began < revoked}


def test_a_key_ends_at_its_instant(served: Served) -> None:
    house = served.house
    expires_at = SystemClock().now() + 1500
    house.clock.instant = expires_at - 60 * SECOND - 90 * 24 * 3600 * SECOND
    issued = served.issue()
    house.store.keys.extend(house.alice, issued.key.id, expires_at)
    house.clock.instant = SystemClock().now()
    key = issued.secret.reveal()
    assert _code(served, "/verify", key) == "valid"
    answers: list[tuple[int, str, int]] = []
    while not answers or answers[-1][1] == "valid":
        began = SystemClock().now()
        answers.append((began, _code(served, "/verify", key), SystemClock().now()))
    for began, code, ended in answers:
        if ended < expires_at:
            assert code == "valid"
        if began >= expires_at:
            assert code == "expired"


def test_a_plan_holds_for_the_very_next_request_in_both_directions(served: Served) -> None:
    operator = served.house.store.operator
    key = served.key(actor=served.house.bob)
    other = served.key()
    for plan, expected in ((Plan.FREE, "plan"), (Plan.PRO, "valid"), (Plan.FREE, "plan")):
        operator.set_plan("bolt-catering", plan)
        assert _code(served, "/verify", key) == expected
        assert _code(served, "/verify", other) == "valid"
    operator.set_plan("bolt-catering", Plan.PRO)


def test_a_rotation_lets_both_keys_in_until_the_old_one_is_revoked(served: Served) -> None:
    house = served.house
    old = served.issue()
    new = house.store.rotations.rotate(house.alice, old.key.id).unwaited()
    keys = [old.secret.reveal(), new.secret.reveal()]
    assert [_code(served, "/verify", key) for key in keys] == ["valid", "valid"]
    house.store.keys.revoke(house.alice, old.key.id)
    assert [_code(served, "/verify", key) for key in keys] == ["revoked", "valid"]


def _revoke(served: Served, issued: Issued) -> None:
    served.house.store.keys.revoke(served.house.alice, issued.key.id)


def _take_the_scope(served: Served, issued: Issued) -> None:
    served.house.store.keys.rescope(
        served.house.alice, issued.key.id, granted_scopes("quotes:read")
    )


def _end_the_plan(served: Served, issued: Issued) -> None:
    served.house.store.operator.set_plan("acme-events", Plan.FREE)


def _expire(served: Served, issued: Issued) -> None:
    # Nobody can shorten a key's life through the services; the clock would be waited for.
    with served.house.store.database.writing() as connection:
        connection.execute(
            update(keys).where(keys.c.id == issued.key.id).values(expires_at=keys.c.created_at + 1)
        )


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (_revoke, 401, "revoked"),
        (_take_the_scope, 403, "scope"),
        (_end_the_plan, 403, "plan"),
        (_expire, 401, "expired"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_that_was_let_in_is_decided_again_when_it_writes(
    served: Served, change: Callable[[Served, Issued], None], status: int, code: str, method: str
) -> None:
    served.house.clock.instant = SystemClock().now()
    reader = served.key("quotes:read quotes:write")
    standing = served.ask("/quotes", reader, "POST", content=_QUOTE, headers=_JSON).json()["id"]
    path = "/quotes" if method == "POST" else f"/quotes/{standing}"
    issued = served.issue("quotes:read quotes:write")
    before = served.ask("/quotes?limit=200", reader).json()
    try:
        with half_sent(served.server, issued.secret.reveal(), len(_QUOTE), path) as wire:
            change(served, issued)
            wire.sendall(_QUOTE.replace(b"Jane", b"Eve."))
            answer = received(wire)
    finally:
        served.house.store.operator.set_plan("acme-events", Plan.PRO)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (code != "plan")
    assert served.ask("/quotes?limit=200", reader).json() == before


def test_a_write_that_waits_for_a_revocation_to_commit_is_refused(served: Served) -> None:
    issued = served.issue("quotes:read quotes:write")
    with half_sent(served.server, issued.secret.reveal(), len(_QUOTE)) as wire:
        with served.house.store.database.writing() as connection:
            connection.execute(
                update(keys)
                .where(keys.c.id == issued.key.id)
                .values(revoked_at=keys.c.created_at, revoked_by=keys.c.created_by)
            )
            wire.sendall(_QUOTE)
            # It waits for the lock now; what it read outside of it would be out of date.
            wire.settimeout(0.5)
            with pytest.raises(TimeoutError):
                wire.recv(1)
        wire.settimeout(20)
        answer = received(wire)
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


def test_a_write_that_nothing_came_between_is_done(served: Served) -> None:
    reader = served.key("quotes:read")
    with half_sent(served.server, served.key("quotes:write"), len(_QUOTE)) as wire:
        wire.sendall(_QUOTE)
        made = received(wire)
    assert made.status_code == 201
    assert served.ask(f"/quotes/{made.json()['id']}", reader).status_code == 200
