"""What reaches somebody's own API through a proxy: bodies, framing, addresses; and when nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from store.domain.key_string import mint
from tests.proxies import limits
from tests.proxies.guarded import Guarded, bearer
from tests.proxies.recipes import reads_invoices
from tests.verifier.serving import eventually, received

LONG = 60 * 1024 * 1024
PIECE = b"x" * 65536
ELSEWHERE = "127.0.0.2"
"""A client that is not the proxy which keydeck trusts."""
FORGED = {
    "X-Forwarded-For": "203.0.113.7, 198.51.100.9",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7",
    "X-Client-IP": "203.0.113.7",
}
SMUGGLED = b"GET /admin/smuggled HTTP/1.1\r\nHost: x\r\nX-Rest: "
CHUNKED = b"0\r\n\r\n" + SMUGGLED
FRAMINGS: dict[str, tuple[bytes, bytes]] = {
    "CL and TE": (b"Content-Length: %d\r\nTransfer-Encoding: chunked" % len(CHUNKED), CHUNKED),
    "TE and CL": (b"Transfer-Encoding: chunked\r\nContent-Length: %d" % len(CHUNKED), CHUNKED),
    "CL in chunks": (
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED),
    ),
    "no CL and TE": (b"Content-Length: 0\r\nTransfer-Encoding: chunked", CHUNKED),
    "CL twice": (b"Content-Length: %d\r\nContent-Length: 5" % len(CHUNKED), CHUNKED),
    "CL as a list": (b"Content-Length: 5, %d" % len(CHUNKED), CHUNKED),
    "CL with a sign": (b"Content-Length: +5", CHUNKED),
    "CL in hex": (b"Content-Length: 0x5", CHUNKED),
    "TE after a space": (b"Content-Length: 5\r\nTransfer-Encoding : chunked", CHUNKED),
    "TE after a tab": (b"Content-Length: 5\r\nTransfer-Encoding:\tchunked", CHUNKED),
    "TE after vt": (b"Content-Length: 5\r\nTransfer-Encoding: \x0bchunked", CHUNKED),
    "TE folded": (b"Content-Length: 5\r\nTransfer-Encoding:\r\n chunked", CHUNKED),
    "TE twice": (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        CHUNKED,
    ),
    "TE as a list": (b"Content-Length: 5\r\nTransfer-Encoding: chunked, identity", CHUNKED),
    "TE unknown": (b"Content-Length: 5\r\nTransfer-Encoding: xchunked", CHUNKED),
    "TE quoted": (b'Content-Length: 5\r\nTransfer-Encoding: "chunked"', CHUNKED),
    "TE underscored": (b"Content-Length: 5\r\nTransfer_Encoding: chunked", CHUNKED),
    "TE behind LF": (b"Content-Length: 5\r\nX: y\nTransfer-Encoding: chunked", CHUNKED),
    "size too long": (b"Transfer-Encoding: chunked", b"f0000000000000000\r\n" + CHUNKED),
    "size ended by LF": (b"Transfer-Encoding: chunked", b"1\nx\n0\n\n" + SMUGGLED),
    "extension with LF": (b"Transfer-Encoding: chunked", b"1;a\nx\r\n" + CHUNKED),
    "named in Connection": (
        b"Connection: Content-Length, Transfer-Encoding\r\nContent-Length: %d" % len(CHUNKED),
        CHUNKED,
    ),
}


def _head(guarded: Guarded, framing: bytes, good: bool = True) -> bytes:
    key = guarded.bearer if good else _unknown()
    return b"POST /invoices HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n%s\r\n\r\n" % (
        key["Authorization"].encode(),
        framing,
    )


def _interim(wire: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += wire.recv(1) or b"\r\n\r\n"
    return head


def _unknown() -> dict[str, str]:
    return {"Authorization": f"Bearer {mint('jw').key.reveal()}"}


@pytest.mark.parametrize("framing", ["Content-Length", "chunked"])
def test_a_body_of_60_mb_reaches_the_api_whole_while_it_is_sent(
    guarded: Guarded, framing: str
) -> None:
    chunked = framing == "chunked"
    said = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % LONG
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    reached = guarded.api.reached
    before = len(reached)
    with guarded.proxy.connect() as wire:
        wire.sendall(_head(guarded, said))
        wire.sendall(piece * 4)
        # The API reads before the client has sent all of it.
        eventually(lambda: reached[before:] == ["/invoices"])
        for _ in range(LONG // len(PIECE) - 4):
            wire.sendall(piece)
        wire.sendall(b"0\r\n\r\n" if chunked else b"")
        answer = received(wire)
    assert (answer.status_code, answer.json()["length"]) == (200, LONG)


def test_a_body_with_a_key_that_is_none_is_refused_and_reaches_nobody(
    guarded: Guarded,
) -> None:
    before = len(guarded.api.reached)
    bodies = [
        (b"Content-Length: 5", b"xxxxx"),
        (b"Transfer-Encoding: chunked", b"5\r\nxxxxx\r\n0\r\n\r\n"),
    ]
    if limits.has(limits.EARLY, guarded.proxy.name):
        bodies.append((b"Content-Length: %d" % LONG, PIECE))
    for framing, body in bodies:
        with guarded.proxy.connect() as wire:
            wire.sendall(_head(guarded, framing, good=False) + body)
            assert received(wire).status_code == 401
    assert len(guarded.api.reached) == before


def test_a_client_that_waits_for_100_continue_is_asked_for_its_body_or_refused(
    guarded: Guarded,
) -> None:
    expects = b"Content-Length: 5\r\nExpect: 100-continue"
    with guarded.proxy.connect() as wire:
        wire.sendall(_head(guarded, expects))
        assert _interim(wire).startswith(b"HTTP/1.1 100 ")
        wire.sendall(b"xxxxx")
        answer = received(wire)
        assert (answer.status_code, answer.json()["length"]) == (200, 5)
    before = len(guarded.api.reached)
    with guarded.proxy.connect() as wire:
        wire.sendall(_head(guarded, expects, good=False))
        if not limits.has(limits.UNASKED, guarded.proxy.name):
            wire.sendall(b"xxxxx")
        assert received(wire).status_code == 401
    assert len(guarded.api.reached) == before


def test_the_address_that_is_kept_is_the_one_the_proxy_saw_whatever_is_forged(
    guarded: Guarded,
) -> None:
    house = guarded.house
    issued = reads_invoices(house, "Forger")

    def kept() -> tuple[str | None, set[str | None]]:
        usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
        return usage.traffic.last_address, {one.address for one in usage.refusals}

    with guarded.client_from(ELSEWHERE) as client:
        for times in (1, 2):
            headers = [*bearer(issued).items(), *list(FORGED.items()) * times]
            passed = client.get("/invoices", headers=headers)
            assert passed.status_code == 200, passed.text
            assert client.get("/admin/x", headers=headers).status_code == 403
    eventually(lambda: kept() == (ELSEWHERE, {ELSEWHERE}))


def test_a_request_within_a_request_reaches_nobody(guarded: Guarded) -> None:
    reached = guarded.api.reached
    for name, (said, body) in FRAMINGS.items():
        before = len(reached)
        with guarded.proxy.connect() as wire:
            wire.sendall(_head(guarded, said) + body)
            wire.shutdown(socket.SHUT_WR)
            with suppress(OSError, HTTPException, ValueError):
                received(wire)
        # What would wait on a connection to the API comes before the next request on it.
        answer = guarded.client.get("/after", headers=guarded.bearer)
        assert (answer.status_code, answer.json()["path"]) == (200, "/after"), name
        assert set(reached[before:]) <= {"/invoices", "/after"}, name
    # Who hangs up at once, as these did, may not hear what was wrong.
    with guarded.proxy.connect() as wire:
        wire.sendall(_head(guarded, b"Content-Length: +5"))
        assert received(wire).status_code == 400


def test_without_a_verifier_nothing_passes_and_with_one_again_it_does(guarded: Guarded) -> None:
    name, server = guarded.proxy.name, guarded.server
    reached = guarded.api.reached
    server.end()
    before = len(reached)
    try:
        assert _statuses(guarded) == {limits.status(limits.DOWN, name)[0]}
        with _unavailable(server.port):
            assert _statuses(guarded) == {limits.status(limits.UNAVAILABLE, name)[0]}
        assert len(reached) == before
    finally:
        guarded.serve(server.port)
    guarded.answers()
    assert guarded.client.get("/x", headers=_unknown()).status_code == 401


def _statuses(guarded: Guarded) -> set[int]:
    return {
        guarded.client.get("/x", headers=headers).status_code
        for headers in (guarded.bearer, _unknown())
    }


@contextmanager
def _unavailable(port: int) -> Iterator[None]:
    """Answer as a load balancer does that has no verifier left."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
