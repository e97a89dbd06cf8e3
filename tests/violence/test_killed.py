"""kill -9: what was reported stays, what was not leaves nothing, and nobody has to wait."""

import contextlib
import random
import signal
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from store.domain.keys import State
from store.operations.check import check
from store.persistence.schema import verdict_counts
from tests.house import House
from tests.terminal.making import make, sign_in
from tests.terminal.screen import sitting
from tests.verifier.serving import API, eventually, serving
from tests.violence.writers import writer

pytestmark = pytest.mark.both_engines


def state(house: House, key_id: str) -> State:
    """Return a key's state now."""
    return house.store.keys.show(house.alice, key_id).state(house.clock.now())


def test_a_writer_killed_inside_its_transaction_leaves_nothing_and_holds_nobody_up(
    house: House,
) -> None:
    for number in range(2):
        revision = house.store.revision()
        with writer(house, "stuck") as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "inside\n"
            process.kill()
            process.wait()
        began = time.monotonic()
        house.create(f"After {number}")
        assert time.monotonic() - began < 4, "a lock is waited for five seconds"
        assert house.store.revision() == revision + 1
        assert len(house.store.operator.unconfirmed() or []) == 0
    assert check(house.url, pepper_path=house.pepper_path) == []


# A process that stops holds the lock of a file until it goes on or ends.
@pytest.mark.postgres_only
def test_a_writer_that_stops_inside_its_transaction_holds_nobody_up_for_long(house: House) -> None:
    with writer(house, "frozen") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.send_signal(signal.SIGSTOP)
        house.create("After")
        process.kill()
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_a_writer_killed_at_any_moment_loses_nothing_it_had_reported(house: House) -> None:
    chance = random.Random(7)
    reported: dict[str, str] = {}
    for _ in range(3):
        with writer(house, "busy") as process:
            assert process.stdout is not None
            heard = [process.stdout.readline() for _ in range(chance.randrange(8, 40))]
            time.sleep(chance.uniform(0, 0.01))
            process.kill()
            for line in (*heard, *process.stdout):
                did, _, key_id = line.rstrip("\n").partition(" ")
                if len(key_id) == 12:
                    reported[key_id] = did
    revoked = [key_id for key_id, did in reported.items() if did == "revoked"]
    assert len(revoked) > 10
    assert {state(house, key_id) for key_id in revoked} == {State.REVOKED}
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_workers_killed_again_and_again_answer_right_or_not_at_all(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    kept = house.create("Kept")
    seen: dict[int, int] = {}
    over = threading.Event()
    with serving(house, tmp_path / "stderr", workers=2) as server:
        headers = {"Authorization": f"Bearer {kept.secret.reveal()}"}

        def ask() -> None:
            while not over.is_set():
                with contextlib.suppress(httpx.TransportError), server.client() as client:
                    while not over.is_set():
                        status = client.get(f"{API}/verify", headers=headers).status_code
                        seen[status] = seen.get(status, 0) + 1

        asking = threading.Thread(target=ask)
        asking.start()
        parent = psutil.Process(server.process.pid)
        for number in range(3):
            for worker in parent.children()[:: 1 if number % 3 == 2 else 2]:
                worker.kill()
            gone = house.create(f"Gone {number}")
            house.store.keys.revoke(house.alice, gone.key.id)
            _refused(server.address, gone.secret.reveal())
            eventually(lambda: len(parent.children()) == 2)
        over.set()
        asking.join()
        assert server.terminate() == 0
    assert set(seen) == {200}
    assert check(house.url, pepper_path=house.pepper_path) == []
    with house.store.database.reading() as connection:
        counted = connection.execute(
            select(func.sum(verdict_counts.c.count)).where(verdict_counts.c.key_id == kept.key.id)
        ).scalar()
    # Each kill loses at most what a worker had counted in its last second; never more is counted
    # than was asked for, apart from answers that died on their way.
    assert 0 < int(counted or 0) <= seen[200] + 8 * 2


def _refused(address: str, key: str) -> None:
    # Until somebody answers at all; whoever does has seen the revocation.
    headers = {"Authorization": f"Bearer {key}"}
    while True:
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"{address}{API}/verify", headers=headers, trust_env=False)
            assert answer.status_code == 401
            return


def test_a_console_killed_with_a_key_on_its_screen_leaves_it_unconfirmed(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    with sitting(
        tmp_path,
        KEYDECK_STORE=house.url,
        KEYDECK_PEPPER_FILE=str(house.pepper_path),
        KEYDECK_WORKSPACE="acme-events",
    ) as terminal:
        sign_in(terminal)
        make(terminal)
        terminal.process.kill(9)
    key = house.store.keys.show(house.alice, "Website")
    assert key.confirmed_at is None
    assert check(house.url, pepper_path=house.pepper_path) == []
