"""The states of a connection: what each takes, when each is over, what ends with it."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from store.domain.clock import FixedClock, SystemClock
from tests.conftest import MoveIn
from tests.verifier.serving import API, PATIENCE_S, Served, received, serving, several

_SHORT_S = {"HEAD_S": 1.5, "BODY_S": 1.5, "ANSWER_S": 1.5, "LINGER_S": 0.7, "KEEP_ALIVE_S": 1.0}
_GET = f"GET {API}/verify HTTP/1.1\r\nHost: x\r\n".encode()
_OLD = _GET.replace(b"1.1", b"1.0")
_POST = f"POST {API}/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
_EVENT = b'{"name":"Fair","starts_at":"2027-04-03T09:00:00Z","ends_at":"2027-04-04T09:00:00Z"}'


@pytest.fixture(scope="module")
def hasty(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A verifier whose deadlines are short."""
    folder = tmp_path_factory.mktemp("hasty")
    prelude = "from store.verifier.http import bounds\n" + "".join(
        f"bounds.{name} = {seconds}\n" for name, seconds in _SHORT_S.items()
    )
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", prelude=prelude) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.fixture(scope="module")
def key(served: Served) -> bytes:
    """The line of a key that may read and write events."""
    return f"Authorization: Bearer {served.key('events:read events:write')}\r\n".encode()


def _sized(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _ends(wire: socket.socket) -> bytes:
    """Return what still comes until the other side says that nothing more does."""
    found = b""
    with suppress(ConnectionResetError):
        while more := wire.recv(65536):
            found += more
    return found


def _of_contract(answer: httpx.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (_POST + b"Content-Length: 100000000000\r\n\r\n", 401),
        (_POST + b"Transfer-Encoding: chunked\r\n\r\n", 401),
        (_POST + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n", 401),
        (_POST.replace(b"events", b"nowhere") + b"Content-Length: 10\r\n\r\n", 404),
        (_POST.replace(b"POST", b"DELETE") + b"Content-Length: 10\r\n\r\n", 405),
        (_GET + b"Content-Length: 10\r\n\r\n", 401),
        (
            _GET.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\nContent-Length: 9\r\n\r\n",
            401,
        ),
    ],
)
def test_an_answer_before_the_end_of_its_request_is_the_last(
    served: Served, request_bytes: bytes, status: int
) -> None:
    with served.server.connect() as wire:
        wire.sendall(request_bytes)
        answer = received(wire)
        assert (answer.status_code, answer.headers["connection"]) == (status, "close")
        _of_contract(answer)
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert _ends(wire) == b""


def test_a_request_that_is_complete_keeps_its_connection_whatever_its_answer(
    served: Served, key: bytes
) -> None:
    with served.server.connect() as wire:
        wire.sendall((_POST + _sized(_EVENT)) + (_POST + key + _sized(_EVENT)) + _GET + b"\r\n")
        answers = several(wire, 3)
    assert [one.status_code for one in answers] == [401, 201, 401]
    assert not any("connection" in one.headers for one in answers)


def test_who_sends_all_of_a_body_first_still_reads_why_it_was_refused(
    served: Served, key: bytes
) -> None:
    for refused, status in ((key, 413), (b"", 401)):
        with served.server.connect() as wire:
            wire.sendall(_POST + refused + _sized(b"x" * 1_500_000))
            time.sleep(0.2)
            assert received(wire).status_code == status


@pytest.mark.parametrize("path", [f"{API}/verify", f"{API}/events", "/healthz", "/nowhere"])
def test_head_is_answered_like_get_without_its_body(served: Served, key: bytes, path: str) -> None:
    rest = b" HTTP/1.1\r\nHost: x\r\n" + key + b"\r\n"
    with served.server.connect() as wire:
        wire.sendall(b"GET " + path.encode() + rest)
        whole = received(wire)
        wire.sendall(b"HEAD " + path.encode() + rest + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        stream = b""
        while not stream.endswith(b'{"status":"ok"}\n'):
            more = wire.recv(65536)
            assert more, stream
            stream += more
    head, _, behind = stream.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % whole.status_code)
    assert b"content-length: %s\r\n" % whole.headers["content-length"].encode() in head
    assert behind.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("offer", [b"", b"Upgrade: h2c\r\nConnection: Upgrade\r\n"])
def test_http_1_0_is_kept_alive_where_it_asks_for_that(
    served: Served, key: bytes, offer: bytes
) -> None:
    def old(request_bytes: bytes) -> bytes:
        return request_bytes.replace(b"HTTP/1.1", b"HTTP/1.0") + offer + key

    keep = b"Connection: keep-alive\r\n"
    with served.server.connect() as wire:
        for request_bytes, status in (
            (old(_GET) + keep + b"\r\n", 200),
            (old(_POST) + keep + _sized(_EVENT), 201),
            (old(_GET.replace(b"GET", b"HEAD")) + keep + b"\r\n", 200),
        ):
            wire.sendall(request_bytes)
            answer = received(wire) if b"HEAD" not in request_bytes else _head(wire)
            assert (answer.status_code, answer.headers["connection"]) == (status, "keep-alive")
        wire.sendall(old(_GET) + b"\r\n")
        answer = received(wire)
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        assert _ends(wire) == b""


def _head(wire: socket.socket) -> httpx.Response:
    stream = b""
    while not stream.endswith(b"\r\n\r\n"):
        more = wire.recv(1)
        assert more, stream
        stream += more
    first, *lines = stream[:-4].decode().split("\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return httpx.Response(int(first.split()[1]), headers=headers)


@pytest.mark.parametrize("body", [None, _EVENT])
def test_who_sends_no_more_is_answered_all_the_same(
    served: Served, key: bytes, body: bytes | None
) -> None:
    with served.server.connect() as wire:
        for _ in range(2):
            wire.sendall(_GET + key + b"\r\n" if body is None else _POST + key + _sized(body))
        wire.shutdown(socket.SHUT_WR)
        assert [one.status_code for one in several(wire, 2)] == [200 if body is None else 201] * 2
        assert _ends(wire) == b""


def test_who_leaves_in_the_middle_of_a_body_writes_nothing(served: Served, key: bytes) -> None:
    before = len(served.ask("/events?limit=200", key.split()[2].decode()).json()["data"])
    with served.server.connect() as wire:
        wire.sendall(_POST + key + _sized(_EVENT)[:-1])
        wire.shutdown(socket.SHUT_WR)
        assert _ends(wire) == b""
    assert len(served.ask("/events?limit=200", key.split()[2].decode()).json()["data"]) == before


def test_trailers_are_dropped_wherever_they_are_cut(served: Served, key: bytes) -> None:
    head = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
    rest = b"%x\r\n%s\r\n0\r\n%sX-Forwarded-For: 1.2.3.4\r\n\r\n" % (len(_EVENT), _EVENT, key)
    for cut in (0, len(rest) // 2, len(rest) - 3, len(rest)):
        with served.server.connect() as wire:
            wire.sendall(head + rest[:cut])
            with suppress(OSError):
                wire.sendall(rest[cut:])
            assert received(wire).status_code == 401


def _closed_after(wire: socket.socket, again: bytes, every_s: float = 0.2) -> float:
    """Send a little again and again; return the seconds until the other side was gone."""
    began = time.monotonic()
    wire.settimeout(every_s)
    while time.monotonic() - began < PATIENCE_S:
        try:
            wire.sendall(again)
            if not wire.recv(65536):
                # It may still take what is sent, and drop it; then it is gone for good.
                time.sleep(every_s)
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    raise AssertionError("it was never closed")


@pytest.mark.parametrize(
    ("before", "again"),
    [
        (b"", b"\r\n"),
        (b"GET /", b"a"),
        (_GET + b"A", b"a"),
        (_GET + b"\r\n", b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"\n"),
        (_POST + b"Content-Length: 99999\r\n\r\n", b"a"),
        (_GET + b"Connection: close\r\n\r\n", b"a"),
        (b"nonsense\r\n\r\n", b"a"),
        (b"POST /oauth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
         b"Content-Length: 9999\r\n\r\n", b" "),
        (b"POST /oauth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"POST /oauth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
    ],
)  # fmt: skip
def test_who_trickles_is_let_go_of_in_the_time_of_the_state(
    hasty: Served, before: bytes, again: bytes
) -> None:
    longest = 2 * _SHORT_S["HEAD_S"] + _SHORT_S["LINGER_S"]
    with hasty.server.connect() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.sendall(before)
        assert _closed_after(wire, again) < longest + PATIENCE_S / 4


def test_a_body_that_is_late_is_answered_408(hasty: Served) -> None:
    key = hasty.key("events:write").encode()
    with hasty.server.connect() as wire:
        wire.sendall(_POST + b"Authorization: Bearer " + key + b"\r\n" + _sized(_EVENT)[:-1])
        answer = received(wire)
        assert (answer.status_code, answer.headers["connection"]) == (408, "close")
        _of_contract(answer)
        assert _ends(wire) == b""


def test_who_reads_no_answer_is_cut_off(hasty: Served) -> None:
    def cut_off() -> int:
        page = hasty.client.get("/metrics").text
        found = re.search(r'rejected_total\{reason="slow_answer"\} (\d+)', page)
        assert found is not None
        return int(found[1])

    before, request, sent = cut_off(), _GET + b"\r\n", 0
    with hasty.server.connect() as wire:
        wire.settimeout(0.2)
        until = time.monotonic() + PATIENCE_S
        while cut_off() == before:
            assert time.monotonic() < until
            with suppress(OSError):
                while True:
                    sent += wire.send((request * 1000)[sent % len(request) :])


def test_a_client_that_closes_is_closed_on(served: Served, key: bytes) -> None:
    for request_bytes in (_GET + key + b"\r\n", _POST + key + _sized(_EVENT)):
        asked = request_bytes.replace(b"Host: x", b"Host: x\r\nConnection: close")
        with served.server.connect() as wire:
            wire.sendall(asked + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = received(wire)
            assert answer.status_code in (200, 201)
            assert answer.headers["connection"] == "close"
            assert _ends(wire) == b""
