"""`Upgrade` means nothing here (RFC 9110 7.8): a body is a body, whatever its head offers."""

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.serving import API, PATIENCE_S, Served, received, several

_EVENT: dict[str, Any] = {
    "name": "Fair",
    "starts_at": "2027-04-03T09:00:00Z",
    "ends_at": "2027-04-04T09:00:00Z",
}
_BODY = json.dumps(_EVENT).encode()
_BEHIND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

_OFFERS = {
    "h2c": "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ\r\n",
    "websocket": "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
    "several": "Upgrade: h2c\r\nUpgrade: websocket, TLS/1.3\r\nConnection: Upgrade\r\n",
    "connection twice": "Connection: keep-alive\r\nuPGRADE: x\r\nConnection: upgrade\r\n",
    "empty": "Upgrade:\r\nConnection: Upgrade\r\n",
    "expecting": "Upgrade: h2c\r\nConnection: Upgrade\r\nExpect: 100-continue\r\n",
}
_PIECES = (_BODY[:20], _BODY[20:21], _BODY[21:])
_CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in _PIECES) + b"0\r\n\r\n"
_FRAMES = {
    "length": (f"Content-Length: {len(_BODY)}\r\n", _BODY),
    "chunked": ("Transfer-Encoding: chunked\r\n", _CHUNKED),
}


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write events."""
    return served.key("events:read events:write")


def _head(key: str, *lines: str, method: str = "POST", path: str = "/events") -> bytes:
    head = f"{method} {API}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    return (head + "Content-Type: application/json\r\n" + "".join(lines) + "\r\n").encode()


@pytest.mark.parametrize("frame", _FRAMES)
@pytest.mark.parametrize("offer", _OFFERS)
def test_a_body_is_read_as_the_body_and_what_follows_as_the_next_request(
    served: Served, key: str, offer: str, frame: str
) -> None:
    framing, body = _FRAMES[frame]
    request = _head(key, _OFFERS[offer], framing) + body
    with served.server.connect() as wire:
        wire.sendall(_BEHIND + request + request + _BEHIND)
        assert [one.status_code for one in several(wire, 4)] == [200, 201, 201, 200]


def test_a_request_line_in_a_body_is_no_request(served: Served) -> None:
    refused = _head("no key", _OFFERS["h2c"], f"Content-Length: {len(_BEHIND)}\r\n")
    with served.server.connect() as wire:
        wire.sendall(refused)
        assert received(wire).status_code == 401
        # Whether it goes on or closes: these bytes are the body that was announced.
        wire.sendall(_BEHIND)
        wire.shutdown(socket.SHUT_WR)
        assert _rest(wire) == b""


def test_it_does_not_matter_where_a_request_is_cut(served: Served, key: str) -> None:
    framing, body = _FRAMES["chunked"]
    request = _head(key, _OFFERS["h2c"], framing) + body
    with served.server.connect() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for cut in range(1, len(request)):
            wire.sendall(request[:cut])
            wire.sendall(request[cut:])
            assert received(wire).status_code == 201, cut


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_plain_read_is_answered_whatever_it_offers(
    served: Served, key: str, version: str
) -> None:
    for offer in _OFFERS.values():
        head = _head(key, offer, method="GET", path="/verify").replace(
            b"HTTP/1.1", f"HTTP/{version}".encode()
        )
        assert served.server.exchange(head).status_code == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
        b"CONNECT /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    ],
)
def test_nothing_behind_connect_is_read(served: Served, request_bytes: bytes) -> None:
    with served.server.connect() as wire:
        wire.sendall(request_bytes + _BEHIND)
        answer = received(wire)
        assert (answer.status_code, answer.headers["connection"]) == (400, "close")
        assert _rest(wire) == b""


def test_curl_that_offers_http_2_writes_as_anybody(
    served: Served, key: str, tmp_path: Path
) -> None:
    made = _curl(tmp_path, key, f"{served.server.address}{API}/events", _EVENT)
    assert made["name"] == "Fair"
    address = f"{served.server.address}{API}/events/{made['id']}"
    changed = _curl(tmp_path, key, address, {"name": "Summer fair"}, "--request", "PATCH")
    assert changed == {**made, "name": "Summer fair"}


def test_java_writes_as_anybody(served: Served, key: str, tmp_path: Path) -> None:
    # Its HttpClient offers h2c on every cleartext request unless it is told not to.
    java = shutil.which("java")
    if java is None:
        return
    source = tmp_path / "Ask.java"
    source.write_text(_ASK)
    done = subprocess.run(
        [java, "-XX:TieredStopAtLevel=1", str(source), f"{served.server.address}{API}/events"],
        input=key,
        capture_output=True,
        text=True,
        timeout=6 * PATIENCE_S,
    )
    assert done.stdout.split() == ["201", "200", "200"], done.stderr


def _curl(folder: Path, key: str, address: str, body: dict[str, Any], *more: str) -> Any:
    settings = folder / "curl"
    settings.write_text(f'header = "Authorization: Bearer {key}"\n')
    told = ["--config", str(settings), "--silent", "--show-error", "--http2", "--noproxy", "*"]
    sent = ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    done = subprocess.run(
        ["curl", *told, *sent, *more, address],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _rest(wire: socket.socket) -> bytes:
    found = b""
    try:
        while more := wire.recv(65536):
            found += more
    except ConnectionResetError:
        pass
    return found


_ASK = """
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

class Ask {
    static String key, things;
    static HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();

    static HttpResponse<String> ask(String method, String where, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(where))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        var answer = client.send(request.build(), BodyHandlers.ofString());
        System.out.println(answer.statusCode());
        return answer;
    }

    public static void main(String[] given) throws Exception {
        key = new String(System.in.readAllBytes());
        things = given[0];
        var made = ask("POST", things,
            "{\\"name\\":\\"Fair\\",\\"starts_at\\":\\"2027-04-03T09:00:00Z\\","
            + "\\"ends_at\\":\\"2027-04-04T09:00:00Z\\"}");
        var place = made.headers().firstValue("Location").map(p -> URI.create(things).resolve(p));
        var thing = place.orElse(URI.create(things)).toString();
        ask("PATCH", thing, "{\\"guests\\":12}");
        ask("GET", thing, null);
    }
}
"""
