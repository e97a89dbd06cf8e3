"""Clients that are slow, silent, or too many: they hold nobody else up and take no memory."""

import socket
import time
from contextlib import ExitStack

import psutil

from store.verifier.http.bounds import BODY_S, HEAD_S
from tests.verifier.serving import API, Served, half_sent, received

MANY = 1000
_MIB = 2**20


def test_who_does_not_finish_in_time_is_let_go(served: Served) -> None:
    key = served.key("quotes:write")
    with (
        served.server.connect() as silent,
        served.server.connect() as slow,
        half_sent(served.server, key, 1000) as trickling,
    ):
        began = time.monotonic()
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        slow.settimeout(0.5)
        trickling.settimeout(0.5)
        ended: dict[str, float] = {}
        answer = None
        while len(ended) < 2 and time.monotonic() - began < 3 * HEAD_S:
            assert served.client.get("/healthz").status_code == 200
            for name, wire in (("head", slow), ("body", trickling)):
                if name in ended:
                    continue
                try:
                    wire.sendall(b"X" if name == "head" else b" ")
                    if name == "body":
                        answer = received(wire)
                    elif wire.recv(1):
                        continue
                except TimeoutError:
                    continue
                except OSError:
                    pass
                ended[name] = time.monotonic() - began
        assert HEAD_S - 1 < ended["head"] < HEAD_S + 5
        assert BODY_S - 1 < ended["body"] < BODY_S + 5
        assert answer is not None
        assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
        assert answer.headers["connection"] == "close"
        assert silent.recv(1) == b""


def test_a_thousand_idle_connections_hold_nobody_up_and_memory_stays_flat(served: Served) -> None:
    good = served.key()
    process = psutil.Process(served.server.process.pid)
    before = process.memory_info().rss
    grown: list[float] = []
    for part in (b"", b"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bear", b"G"):
        with ExitStack() as stack:
            wires = [stack.enter_context(served.server.connect()) for _ in range(MANY)]
            for wire in wires:
                wire.sendall(part)
            began = time.monotonic()
            for _ in range(50):
                assert served.ask("/verify", good).status_code == 200
            assert time.monotonic() - began < 30
            grown.append((process.memory_info().rss - before) / _MIB)
    # The first thousand are given memory, the next thousands get the same again.
    assert grown[0] < 40, grown
    assert grown[-1] - grown[0] < 10, grown


def test_headers_of_a_mebibyte_are_refused_again_and_again_in_the_same_memory(
    served: Served,
) -> None:
    process = psutil.Process(served.server.process.pid)

    def refuse() -> None:
        with served.server.connect() as wire:
            try:
                wire.sendall(b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * _MIB + b"\r\n\r\n")
                assert received(wire).status_code == 400
            except OSError:
                # It closed while we were still sending.
                pass

    for _ in range(20):
        refuse()
    before = process.memory_info().rss
    for _ in range(100):
        refuse()
    assert process.memory_info().rss - before < 10 * _MIB
    assert served.client.get("/healthz").status_code == 200


def test_a_client_that_reads_nothing_is_not_buffered_for_without_end(served: Served) -> None:
    request = (
        f"GET {API}/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.key()}\r\n\r\n"
    ).encode()
    process = psutil.Process(served.server.process.pid)
    before = process.memory_info().rss
    with served.server.connect() as wire:
        wire.setblocking(False)
        sent, quiet_since = 0, time.monotonic()
        while time.monotonic() - quiet_since < 1 and sent < 100 * _MIB:
            try:
                # From where the last one was cut off: else it would be no request.
                sent += wire.send((request * 100)[sent % len(request) :])
                quiet_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        # The server stopped reading, so the kernel stopped taking.
        assert sent < 100 * _MIB
        assert process.memory_info().rss - before < 60 * _MIB
        assert served.ask("/verify", served.key()).status_code == 200
        wire.shutdown(socket.SHUT_RDWR)
