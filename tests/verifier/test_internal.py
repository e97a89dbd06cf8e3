"""A socket of its own for the machines that watch, and what they are told there."""

import http.client
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from store.errors import CannotListen, Invalid
from store.verifier.internal import internal
from store.verifier.listening import bind
from tests.house import House
from tests.verifier.serving import API, PATIENCE_S, Served, eventually, serving

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def _samples(page: str) -> Samples:
    """Return what a Prometheus server would take from a page."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def _responses(samples: Samples) -> dict[tuple[str, str], float]:
    return {
        (dict(labels)["route"], dict(labels)["status"]): value
        for (name, labels), value in samples.items()
        if name == "keydeck_http_responses_total"
    }


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="kd-") as name:
        yield Path(name)


def _over(path: Path, address: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(20)
    connection.sock.connect(str(path))
    connection.request("GET", address)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_what_tells_of_everybody_is_told_there_alone_and_sums_over_workers(
    own_house: House, tmp_path: Path, workers: int
) -> None:
    with (
        serving(own_house, tmp_path / "e", workers=workers, internal="127.0.0.1:0") as server,
        server.client() as client,
    ):
        served = Served(own_house, server, client)
        assert server.internal is not None
        key = served.key()
        for _ in range(12):
            # Each on a connection of its own, which any worker may accept.
            with server.client(headers={"Authorization": f"Bearer {key}"}) as another:
                assert another.get(f"{API}/verify").status_code == 200
        with httpx.Client(base_url=server.internal, trust_env=False, timeout=PATIENCE_S) as inside:
            for path in ("/metrics", "/readyz"):
                for at in (path, f"{API}{path}"):
                    assert client.get(at).status_code == 404
                    assert inside.get(at).status_code == 200
            for both in (client, inside):
                assert both.get("/healthz").json() == {"status": "ok"}
            for path in (f"{API}/verify", f"{API}/events", "/docs", "/openapi.json", "/mcp"):
                assert (
                    inside.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 404
                )
            found = _samples(inside.get("/metrics").text)
        assert found["keydeck_verdicts_total", (("verdict", "valid"),)] == 12
        assert found["keydeck_workers", ()] == workers
        assert _responses(found)[f"{API}/verify", "200"] == 12
        described = client.get("/openapi.json").json()["paths"]
        assert "/healthz" in described
        assert not {"/metrics", "/readyz"} & set(described)
        assert server.terminate() == 0


def test_a_file_is_its_owners_and_its_groups_and_goes_with_the_verifier(
    own_house: House, tmp_path: Path, folder: Path
) -> None:
    path = folder / "internal.sock"
    before = os.umask(0)
    try:
        with serving(own_house, tmp_path / "e", workers=2, internal=f"unix:{path}") as server:
            assert server.internal == f"unix:{path}"
            assert stat.S_IMODE(path.stat().st_mode) == 0o660
            assert (path.stat().st_uid, path.stat().st_gid) == (os.geteuid(), os.getegid())
            assert _over(path, "/readyz")[0] == 200
            assert _over(path, f"{API}/verify")[0] == 404
            status, page = _over(path, "/metrics")
            assert status == 200
            assert _samples(page.decode())["keydeck_workers", ()] == 2
            # A worker that is replaced answers there, too.
            victim = psutil.Process(server.process.pid).children()[0]
            victim.kill()
            eventually(lambda: len(psutil.Process(server.process.pid).children()) == 2)
            assert _over(path, "/healthz")[0] == 200
            assert server.terminate() == 0
    finally:
        os.umask(before)
    assert not path.exists()


def test_a_file_that_a_verifier_left_behind_is_taken_over_and_one_in_use_is_not(
    own_house: House, tmp_path: Path, folder: Path
) -> None:
    path = folder / "internal.sock"
    with serving(own_house, tmp_path / "e", internal=f"unix:{path}") as server:
        with pytest.raises(CannotListen, match="another program is using this socket"):
            _listen(f"unix:{path}")
        server.process.kill()
        server.wait()
    assert path.exists()
    _listen(f"unix:{path}")
    assert not path.exists()


def _listen(text: str) -> str:
    with internal(text, bind) as found:
        assert found is not None
        return found.address


@pytest.mark.parametrize(
    "text",
    [
        *("", "9090", ":9090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999"),
        *("::1:9090", "[::1]", "unix:", "unix:/", "tcp:127.0.0.1:9090", "127.0.0.1:٣", "[]:1"),
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises((Invalid, CannotListen)) as refused:
        _listen(text)
    assert "\n" not in str(refused.value)


def test_what_cannot_be_had_is_said(folder: Path) -> None:
    (folder / "file").write_text("mine")
    for text, why in (
        (f"unix:{folder}/file", "something else is there"),
        (f"unix:{folder}/none/internal.sock", "no such file or directory"),
        (f"unix:{folder}/{'x' * 200}", "path too long"),
        (f"unix:{folder}", "something else is there"),
    ):
        with pytest.raises(CannotListen, match=why) as refused:
            _listen(text)
        assert str(refused.value).endswith("Choose another --internal.")
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=r"using this port.*--internal\."):
            _listen(f"127.0.0.1:{port}")
    assert (folder / "file").read_text() == "mine"


def test_the_metrics_are_of_routes_and_never_of_what_was_asked_for(served: Served) -> None:
    """Whatever is sent: as many lines as there are routes and statuses, and no more."""
    key = served.key("events:read")
    for number in range(30):
        served.ask(f"/events/ev_{number}", key)
        served.ask(f"/nothing/{number}", key)
        served.client.get(f"/{number}")
        served.client.get(f"/oauth/authorize?client_id={number}")
        served.ask("/events", key, "DELETE")
    found = _responses(_samples(served.client.get("/metrics").text))
    assert found[f"{API}/events/{{id}}", "404"] == 30
    assert found["unknown", "404"] >= 60
    assert found[f"{API}/events", "405"] == 30
    routes = {route for route, _ in found}
    described = set(served.client.get("/openapi.json").json()["paths"])
    beside = {"unknown", "/docs", "/openapi.json", "/mcp", "/oauth/authorize"}
    assert routes <= described | beside


def test_a_page_of_metrics_is_what_the_format_asks_for(served: Served) -> None:
    served.ask("/verify", served.key())
    page = served.client.get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(page)}
    for family in families.values():
        assert family.documentation
        assert family.type in ("counter", "gauge", "histogram")
        assert family.name.startswith(("keydeck_", "process_"))
    names = [line.split()[2] for line in page.splitlines() if line.startswith("# TYPE ")]
    assert len(names) == len(set(names))
    lines = [line.split()[0] for line in page.splitlines() if not line.startswith("#")]
    assert len(lines) == len(set(lines))
    [started] = families["process_start_time_seconds"].samples
    began = psutil.Process(served.server.process.pid).create_time()
    assert began - 2 <= started.value <= began + 60


def test_the_start_is_the_verifiers_and_outlives_a_worker(pair: Served) -> None:
    def started() -> float:
        with pair.server.client() as client:
            return _samples(client.get("/metrics").text)["process_start_time_seconds", ()]

    before = started()
    for victim in psutil.Process(pair.server.process.pid).children():
        victim.kill()
        victim.wait(20)
    assert started() == before
