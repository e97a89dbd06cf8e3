"""Whatever happens on a connection, exactly one deadline runs, and in the end it is gone."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from store.domain.clock import FixedClock, SystemClock
from store.verifier.app import App
from store.verifier.context import WorkerContext
from store.verifier.http import bounds
from store.verifier.http.connection_state import ConnectionState
from store.verifier.http.framing import Framing
from store.verifier.http.protocol import HttpProtocol
from tests.conftest import MoveIn

_HOST = b"HTTP/1.1\r\nHost: x\r\n"
# Whoever registers has no key, and the body is read.
_OPEN = b"POST /oauth/register " + _HOST + b"Content-Type: application/json\r\n"
_PIECES = (
    b"\r\n",
    b"a",
    b"GET /healthz " + _HOST + b"\r\n",
    b"GET /healthz HTTP/1.0\r\n\r\n",
    b"HEAD /healthz " + _HOST + b"Connection: close\r\n\r\n",
    b"GET /api/v1/nowhere " + _HOST + b"\r\n",
    b"POST /api/v1/events " + _HOST + b"Content-Length: 3\r\n\r\n",
    b"POST /oauth/register "
    + _HOST
    + b"Content-Length: 9\r\nUpgrade: a\r\nConnection: upgrade\r\n",
    b"POST /oauth/register " + _HOST + b"Transfer-Encoding: chunked\r\n\r\n",
    b"Content-Type: application/json\r\n\r\n",
    b"3\r\nabc\r\n",
    b"0\r\n",
    b"0\r\n\r\n",
    b"Authorization: Bearer a\r\n",
    b"x" * 70_000,
    b"\x16\x03\x01",
)
_LONGEST_S = max(bounds.HEAD_S, bounds.BODY_S, bounds.ANSWER_S) + bounds.LINGER_S


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose clock is moved by hand."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def settle(self, seconds: float = 0.0) -> None:
        """Let this time pass, and whatever can happen meanwhile."""
        self.now += seconds
        for _ in range(12):
            self.call_soon(self.stop)
            self.run_forever()


class _Line(asyncio.Transport):
    """A transport that says what it was told."""

    def __init__(self, loop: _Loop, connection: HttpProtocol) -> None:
        super().__init__({"peername": ("192.0.2.1", 1)})
        self._loop = loop
        self._connection = connection
        self.stalled = False
        self.halved = False
        self.reading = True
        self.ending = False
        self.lost = False
        self.written = b""

    def write(self, data: Any) -> None:
        assert not self.halved, "something was written after the last answer"
        self.written += data

    def write_eof(self) -> None:
        self.halved = True

    def get_write_buffer_size(self) -> int:
        return int(self.stalled)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True

    def is_closing(self) -> bool:
        return self.ending

    def close(self) -> None:
        self.ending = True
        # What was written is sent first, and nobody reads it.
        if not self.stalled:
            self.abort()

    def abort(self) -> None:
        self.ending = True
        if not self.lost:
            self.lost = True
            self._loop.call_soon(self._connection.connection_lost, None)


def _running(loop: _Loop, connection: HttpProtocol) -> int:
    scheduled: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined]
    return sum(not one.cancelled() for one in scheduled)


@pytest.fixture(scope="module")
def app(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The application on a house's store."""
    with (
        move_in(tmp_path_factory.mktemp("app"), FixedClock(SystemClock().now())) as house,
        closing(WorkerContext(house.url, pepper_path=house.pepper_path)) as context,
    ):
        yield App(context)


_events = st.lists(
    st.one_of(
        st.sampled_from(_PIECES),
        st.sampled_from(["stall", "read", "no more"]),
        st.floats(0.1, 4.0),
    ),
    max_size=12,
)


@contextmanager
def _connected(app: App) -> Iterator[tuple[_Loop, HttpProtocol, _Line]]:
    with closing(_Loop()) as loop:
        config = uvicorn.Config(
            app, ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        config.load()
        connection = HttpProtocol(config, ServerState(), {}, loop)
        line = _Line(loop, connection)
        connection.connection_made(line)
        yield loop, connection, line


@given(_events, st.sampled_from([b"", b"\r\n", b"a", b"1\r\na\r\n"]))
def test_exactly_one_deadline_runs_until_the_connection_is_lost(
    app: App, events: list[bytes | str | float], again: bytes
) -> None:
    with _connected(app) as (loop, connection, line):
        for event in events:
            if line.ending:
                break
            _happen(loop, line, connection, event)
            assert line.lost or _running(loop, connection) == 1
        # From now on it is only kept busy, if at all; no state is entered for good.
        for _ in range(round(3 * _LONGEST_S)):
            if not line.ending:
                _happen(loop, line, connection, again)
            loop.settle(1.0)
            assert line.lost or _running(loop, connection) == 1
            if line.lost:
                break
        assert line.lost
        loop.settle()
        assert _running(loop, connection) == 0
        assert connection._state is ConnectionState.CLOSING


@pytest.mark.parametrize(
    "last",
    [b"Connection: close\r\n\r\n", b"Content-Length: 1\r\n\r\n", b"A\r\n\r\n", b"\r\n"],
    ids=["closing", "without its body", "no request", "kept alive"],
)
@pytest.mark.parametrize("no_more", [False, True])
def test_the_last_answer_may_be_read_as_slowly_as_any(app: App, last: bytes, no_more: bool) -> None:
    with _connected(app) as (loop, connection, line):
        # Less waits to be sent than makes the transport tell of it.
        line.stalled = True
        _happen(loop, line, connection, b"GET /healthz " + _HOST + last)
        if no_more:
            _happen(loop, line, connection, "no more")
        for _ in range(round(bounds.ANSWER_S) - 1):
            loop.settle(1.0)
            assert not line.lost
        _happen(loop, line, connection, "read")
        loop.settle(bounds.LINGER_S)
        assert line.lost


def test_a_server_that_ends_begins_no_request_behind_an_answer_that_is_read_slowly(
    app: App,
) -> None:
    request = b"GET /healthz " + _HOST + b"\r\n"
    with _connected(app) as (loop, connection, line):
        for event in ("stall", request, request):
            _happen(loop, line, connection, event)
        connection.shutdown()
        loop.settle()
        assert connection._state is ConnectionState.ANSWER
        _happen(loop, line, connection, "read")
        assert line.lost
        assert line.written.count(b"HTTP/1.1 200 ") == 1


def test_a_defect_in_reading_is_answered_and_ends_the_connection(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(framing: Framing, data: bytes) -> bytes:
        raise ValueError("Exceeds the limit.")

    monkeypatch.setattr(Framing, "take", broken)
    with _connected(app) as (loop, connection, line):
        _happen(loop, line, connection, b"GET /healthz " + _HOST + b"\r\n")
        assert line.written.startswith(b"HTTP/1.1 500 ")
        assert b"\r\nconnection: close\r\n" in line.written
        _happen(loop, line, connection, b"GET /healthz " + _HOST + b"\r\n")
        assert line.written.count(b"HTTP/1.1") == 1
        loop.settle(bounds.LINGER_S)
        assert line.lost
    assert "Exceeds the limit." in caplog.text


def _happen(loop: _Loop, line: _Line, connection: HttpProtocol, event: bytes | str | float) -> None:
    if isinstance(event, bytes):
        if event and line.reading:
            connection.data_received(event)
    elif event == "stall" and not line.stalled:
        line.stalled = True
        connection.pause_writing()
    elif event == "read" and line.stalled:
        line.stalled = False
        connection.resume_writing()
        if line.ending:
            line.abort()
    elif event == "no more" and line.reading:
        if not connection.eof_received():
            line.close()
        line.reading = True
    loop.settle(event if isinstance(event, float) else 0.0)
