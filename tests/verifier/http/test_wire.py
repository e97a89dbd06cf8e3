"""Bytes on a connection that no well-behaved client sends."""

import pytest

from tests.verifier.serving import Served, received

_LIMIT = 64 * 1024


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /healthz HTTP/1.1\r\nHost x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"get /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_as_a_problem_and_the_connection_closed(
    served: Served, request_bytes: bytes
) -> None:
    with served.server.connect() as wire:
        wire.sendall(request_bytes)
        answer = received(wire)
        assert answer.status_code in (400, 404), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        if answer.status_code == 400:
            assert answer.json()["code"] == "invalid_request"
            assert answer.headers["connection"] == "close"
            assert wire.recv(1) == b""
    assert served.client.get("/healthz").status_code == 200


def test_a_head_that_never_ends_is_cut_off(served: Served) -> None:
    # More than all that may lie between the two of them while the server waits for its turn.
    most = 1000 * _LIMIT
    with served.server.connect() as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        try:
            while sent < most:
                wire.sendall(b"X-Padding: " + b"x" * 1000 + b"\r\n")
                sent += 1013
        except OSError:
            pass
        assert sent < most
    assert served.client.get("/healthz").status_code == 200


def test_a_long_head_within_the_limit_is_read(served: Served) -> None:
    headers = {f"X-{number}": "x" * 1000 for number in range(50)}
    assert served.ask("/verify", served.key(), headers=headers).status_code == 200


def test_an_absolute_target_is_its_path(served: Served) -> None:
    answer = served.server.exchange(
        b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c"])
def test_an_upgrade_is_declined_and_the_request_answered(served: Served, protocol: bytes) -> None:
    answer = served.server.exchange(
        b"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: "
        + protocol
        + b"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Authorization: Bearer " + served.key().encode() + b"\r\n\r\n"
    )
    assert answer.status_code == 200
    assert answer.json()["valid"] is True


def test_requests_sent_at_once_are_answered_in_their_order(served: Served) -> None:
    key = served.key().encode()
    good = b"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + b"\r\n\r\n"
    bad = b"GET /api/v1/verify HTTP/1.1\r\nHost: x\r\n\r\n"
    with served.server.connect() as wire:
        wire.sendall((good + bad) * 20)
        stream = b""
        statuses: list[bytes] = []
        while len(statuses) < 40:
            stream += wire.recv(65536)
            statuses = [part[1:4] for part in stream.split(b"HTTP/1.1")[1:]]
        assert statuses == [b"200", b"401"] * 20


def test_one_key_on_a_connection_opens_nothing_for_the_next_request(served: Served) -> None:
    assert served.ask("/verify", served.key()).status_code == 200
    assert served.ask("/verify").status_code == 401
    assert served.ask("/verify", served.key()).status_code == 200


def test_an_old_client_is_answered_and_let_go(served: Served) -> None:
    with served.server.connect() as wire:
        wire.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert received(wire).status_code == 200
        assert wire.recv(1) == b""
