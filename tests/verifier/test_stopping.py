"""SIGTERM: running requests are answered, usage is written, then the process ends with 0."""

import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.persistence.schema import verdict_counts
from tests.house import House
from tests.verifier.serving import (
    API,
    PATIENCE_S,
    Server,
    eventually,
    half_sent,
    received,
    serving,
)

_QUOTE = b'{"customer":"Jane","currency":"EUR","amount":"1"}'


def _counted(house: House, key_id: str) -> int:
    with house.store.database.reading() as connection:
        return (
            connection.scalar(
                select(func.coalesce(func.sum(verdict_counts.c.count), 0)).where(
                    verdict_counts.c.key_id == key_id
                )
            )
            or 0
        )


def _refuses(server: Server) -> bool:
    try:
        server.connect().close()
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    ("workers", "number"), [(1, signal.SIGTERM), (2, signal.SIGTERM), (1, signal.SIGINT)]
)
def test_a_running_request_is_answered_and_everything_counted(
    own_house: House, tmp_path: Path, workers: int, number: signal.Signals
) -> None:
    house = own_house
    issued = house.create(f"Draining {workers} {number.name}", "quotes:read quotes:write")
    key = issued.secret.reveal()
    with serving(house, tmp_path / "stderr", workers=workers) as server:
        with server.client(headers={"Authorization": f"Bearer {key}"}) as client:
            for _ in range(30):
                assert client.get(f"{API}/verify").status_code == 200
            with half_sent(server, key, len(_QUOTE)) as wire:
                server.process.send_signal(number)
                eventually(lambda: _refuses(server))
                assert server.process.poll() is None
                wire.sendall(_QUOTE)
                answer = received(wire)
                assert answer.status_code == 201
                assert answer.headers["connection"] == "close"
        assert server.wait() == 0
        assert server.said().count("\n") == 1, server.said()
    assert _counted(house, issued.key.id) == 31


def test_a_client_that_never_finishes_is_told_to_try_again_when_the_drain_is_over(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    issued = house.create("Slow", "quotes:write")
    with (
        serving(house, tmp_path / "stderr") as server,
        half_sent(server, issued.secret.reveal(), 400) as wire,
        server.connect() as silent,
    ):
        silent.sendall(b"GET /api/v1/verify HT")
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < PATIENCE_S
        answer = received(wire)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["connection"] == "close"
        assert server.said().count("\n") == 1, server.said()
    assert _counted(house, issued.key.id) == 1
