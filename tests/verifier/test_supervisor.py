"""Several workers on one socket: one sum, one that dies, a parent that dies."""

import re
import signal

import psutil
import pytest
from sqlalchemy import func, select

from store.domain.key_string import mint
from store.errors import CannotListen, Invalid
from store.persistence.schema import verdict_counts
from store.verifier.listening import bind
from store.verifier.server import serve
from tests.house import House
from tests.verifier.serving import (
    API,
    PATIENCE_S,
    Served,
    Server,
    eventually,
)


def _workers(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children()


def _ask_anew(server: Server, path: str, key: str | None = None) -> int:
    """Ask on a connection of its own, which any worker may accept."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    with server.client(headers=headers) as client:
        return client.get(path).status_code


def _metrics(server: Server) -> dict[str, float]:
    with server.client() as client:
        page = client.get("/metrics").text
    return {
        name: float(value)
        for name, value in re.findall(r"^(keydeck_[^ ]+) ([0-9.]+)$", page, re.MULTILINE)
    }


def _counted(house: House, key_id: str) -> int:
    with house.store.database.reading() as connection:
        counted: int | None = connection.scalar(
            select(func.sum(verdict_counts.c.count)).where(verdict_counts.c.key_id == key_id)
        )
    return counted or 0


def test_the_metrics_are_the_sum_of_all_workers_whichever_answers(pair: Served) -> None:
    issued = pair.issue()
    key = issued.secret.reveal()
    for _ in range(15):
        assert _ask_anew(pair.server, f"{API}/verify", key) == 200
        assert _ask_anew(pair.server, f"{API}/events", key) == 403
        assert _ask_anew(pair.server, f"{API}/verify", mint("jw").key.reveal()) == 401
        assert _ask_anew(pair.server, f"{API}/nothing") == 404
    for _ in range(10):
        found = _metrics(pair.server)
        assert found['keydeck_verdicts_total{verdict="valid"}'] == 15
        assert found['keydeck_verdicts_total{verdict="scope"}'] == 15
        assert found['keydeck_verdicts_total{verdict="unknown"}'] == 15
        assert found['keydeck_http_responses_total{route="unknown",status="404"}'] == 15
        assert found["keydeck_workers"] == 2
    # Each page of metrics is an answer, too.
    assert found["keydeck_http_response_seconds_count"] == 60 + 9
    eventually(lambda: _counted(pair.house, issued.key.id) == 30)


def test_a_worker_that_dies_is_replaced_and_no_number_falls(pair: Served) -> None:
    key = pair.key()
    for _ in range(20):
        _ask_anew(pair.server, f"{API}/verify", key)
    for expected in (40, 60):
        before = {worker.pid for worker in _workers(pair.server)}
        assert len(before) == 2
        victim = _workers(pair.server)[0]
        victim.kill()
        # The other goes on at once.
        victim.wait(PATIENCE_S)
        for _ in range(20):
            assert _ask_anew(pair.server, f"{API}/verify", key) == 200
        eventually(lambda: len(_workers(pair.server)) == 2)
        eventually(lambda: _metrics(pair.server)["keydeck_workers"] == 2)
        assert victim.pid not in {worker.pid for worker in _workers(pair.server)}
        assert _metrics(pair.server)['keydeck_verdicts_total{verdict="valid"}'] == expected
    assert pair.server.terminate() == 0


def test_all_workers_die_and_the_service_comes_back(pair: Served) -> None:
    key = pair.key()
    for victim in _workers(pair.server):
        victim.kill()
    # Connections wait in the socket's queue, which the parent keeps.
    assert _ask_anew(pair.server, f"{API}/verify", key) == 200
    eventually(lambda: len(_workers(pair.server)) == 2)


def test_the_workers_end_with_their_parent_and_lose_no_count(pair: Served) -> None:
    issued = pair.issue()
    for _ in range(10):
        assert _ask_anew(pair.server, f"{API}/verify", issued.secret.reveal()) == 200
    workers = _workers(pair.server)
    assert len(workers) == 2
    pair.server.process.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, PATIENCE_S)
    assert not alive
    assert _counted(pair.house, issued.key.id) == 10
    with pytest.raises(ConnectionError):
        pair.server.connect()


def test_no_worker_is_told_anything_by_its_arguments(pair: Served) -> None:
    for worker in _workers(pair.server):
        told = " ".join(worker.cmdline())
        assert "store.db" not in told
        assert "pepper" not in told


def test_an_address_that_is_taken_or_none_is_refused() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: another program"):
            bind("127.0.0.1", port)
    with bind("127.0.0.1", port):
        pass
    with pytest.raises(CannotListen, match="no such address"):
        bind("256.1.1.1", port)


@pytest.mark.parametrize("port", [-1, 65536, 99999, 10**12])
def test_a_port_that_cannot_be_is_refused_and_never_cut_to_another(port: int) -> None:
    with pytest.raises(Invalid, match="0 to 65535"):
        bind("127.0.0.1", port)


def test_a_number_of_workers_that_makes_no_sense_is_refused() -> None:
    for workers in (0, -1, 65):
        with pytest.raises(Invalid, match="1 to 64"):
            serve(workers=workers)
