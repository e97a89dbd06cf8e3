"""`keydeck proxy recipe`: each proxy, configured as that says, in front of somebody's own API."""

import socket
from base64 import b64encode
from http.client import HTTPException

import httpx
import pytest

from store.domain.key_string import mint
from store.domain.limits import limits as limits_of
from store.domain.times import DAY
from tests.proxies import limits
from tests.proxies.api import METHODS, OWN
from tests.proxies.bypasses import METHODS as ODD_METHODS
from tests.proxies.bypasses import TARGETS, admins
from tests.proxies.guarded import KEY_HEADER, Guarded, bearer
from tests.proxies.recipes import reads_invoices
from tests.verifier.serving import eventually, received

CLAIMED = dict.fromkeys(
    ("X-Key-Id", "X-Key-Name", "X-Key-Scopes", "X-Workspace", "X_Key_Id", "X_Workspace"), "claimed"
)
FORGED = [
    {"X-Forwarded-Method": "GET"},
    {"X-Forwarded-Uri": "/public"},
    {"X-Original-Method": "GET", "X-Original-URI": "/public"},
    {
        "X-Forwarded-Method": "OPTIONS",
        "Origin": "https://x",
        "Access-Control-Request-Method": "GET",
    },
]
PREFLIGHT = {"Origin": "https://app.example", "Access-Control-Request-Method": "DELETE"}
LONG = 5 * 1024 * 1024
FROZEN_S = 6.0


@pytest.mark.parametrize("method", METHODS)
def test_a_good_request_reaches_the_api_with_its_keys_name_and_without_its_key(
    guarded: Guarded, method: str
) -> None:
    body = b"x" * LONG if method in ("POST", "PUT", "PATCH") else b""
    for sent in (body, iter([body[:1000], body[1000:]]) if body else b""):
        answer = guarded.client.request(
            method, "/invoices/7?full=1", headers=guarded.bearer | CLAIMED, content=sent
        )
        assert answer.status_code == 200, answer.text
        if method == "HEAD":
            continue
        told = answer.json()
        assert (told["method"], told["path"]) == (method, "/invoices/7?full=1")
        assert told["length"] == len(body)
        headers: dict[str, str] = told["headers"]
        assert headers["x-key-id"] == guarded.issued.key.id
        assert headers["x-key-name"] == "B%C3%BCro"
        assert headers["x-key-scopes"] == "invoices:read"
        assert headers["x-workspace"] == "acme-events"
        assert "claimed" not in headers.values()
        assert not headers.get("authorization")


def test_a_key_in_a_header_of_its_own_or_as_a_password_ends_at_the_proxy(guarded: Guarded) -> None:
    key, client = guarded.issued.secret.reveal(), guarded.client
    for sent in ({KEY_HEADER: key}, {KEY_HEADER.lower(): key} | guarded.bearer, _basic(key)):
        answer = client.get("/invoices", headers=sent)
        assert answer.status_code == 200, answer.text
        headers = answer.json()["headers"]
        assert headers["x-key-id"] == guarded.issued.key.id
        assert not any(key in value for value in headers.values())
        assert not headers.get("authorization")
    other = mint("jw").key.reveal()
    assert client.get("/invoices", headers={KEY_HEADER: other}).status_code == 401
    assert client.get("/invoices", headers=guarded.bearer | {KEY_HEADER: other}).status_code == 400
    assert client.options("/invoices", headers=PREFLIGHT | {KEY_HEADER: other}).status_code == 401


def test_a_refusal_reaches_the_client_with_its_challenge_code_and_request_id(
    guarded: Guarded,
) -> None:
    name = guarded.proxy.name
    lacking = guarded.house.create("Lacking")
    for headers, status, code in (
        ({}, 401, "missing"),
        ({"Authorization": "Basic eA=="}, 401, "malformed"),
        ({"Authorization": "Digest x"}, 401, "malformed"),
        ({"Authorization": f"Bearer {mint('jw').key.reveal()}"}, 401, "unknown"),
        (bearer(lacking), 403, "scope"),
    ):
        answer = guarded.client.post("/invoices", headers=headers, content=b"x" * 1000)
        assert answer.status_code == status
        assert answer.headers.get_list("www-authenticate")[0].startswith("Bearer")
        challenges = answer.headers.get_list("www-authenticate")
        assert len(challenges) == 1
        assert ('Basic realm="keydeck"' in challenges[0]) is (status == 401)
        assert (f'header="{KEY_HEADER}"' in challenges[0]) is (status == 401)
        assert answer.headers["x-keydeck-code"] == code
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert not limits.has(limits.PROBLEM, name) or problem["detail"]


def test_a_limit_reaches_the_client_as_429_with_when_to_come_again(guarded: Guarded) -> None:
    issued = reads_invoices(guarded.house, "Limited")
    once = limits_of(["1/1d"])
    guarded.house.store.limits.set_key(guarded.house.alice, issued.key.id, once).unwaited()
    assert guarded.client.get("/invoices", headers=bearer(issued)).status_code == 200
    answer = guarded.client.get("/invoices", headers=bearer(issued))
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (429, "limited")
    assert answer.json()["code"] == "limited"
    assert answer.headers["ratelimit-policy"] == '"day";q=1;w=86400'
    assert answer.headers["ratelimit"] == f'"day";r=0;t={answer.headers["retry-after"]}'


def test_nobody_says_in_the_proxys_place_what_was_asked_for(guarded: Guarded) -> None:
    for forged in FORGED:
        assert guarded.client.delete("/invoices/7", headers=forged).status_code in (400, 401)
        answer = guarded.client.get("/invoices/7", headers=guarded.bearer | forged)
        assert answer.status_code in (200, 400)


def test_two_credentials_are_none(guarded: Guarded) -> None:
    with guarded.proxy.connect() as wire:
        key = guarded.bearer["Authorization"]
        other = f"Bearer {mint('jw').key.reveal()}"
        wire.sendall(
            f"GET /invoices HTTP/1.1\r\nHost: x\r\nAuthorization: {other}\r\n"
            f"Authorization: {key}\r\nConnection: close\r\n\r\n".encode()
        )
        assert received(wire).status_code in (400, 401)


def test_a_preflight_passes_and_claims_nothing(guarded: Guarded) -> None:
    answer = guarded.client.options("/invoices", headers=PREFLIGHT | CLAIMED)
    assert answer.status_code == 200
    assert "claimed" not in answer.json()["headers"].values()
    assert guarded.client.options("/invoices").status_code == 401
    assert guarded.client.delete("/invoices", headers=PREFLIGHT).status_code == 401


def test_a_refusal_is_told_with_what_the_client_asked_for_and_a_key_in_it_is_leaked(
    guarded: Guarded,
) -> None:
    house = guarded.house
    issued = reads_invoices(house, "Careless")
    address = f"/invoices?k={issued.secret.reveal()}"
    assert guarded.client.get(address, headers=guarded.bearer).status_code == 400
    eventually(lambda: house.store.keys.show(house.alice, issued.key.id).leaked_at is not None)
    house.store.keys.revoke(house.alice, issued.key.id)
    answer = guarded.client.delete("/invoices/7?full=1", headers=bearer(issued))
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (401, "revoked")

    def refused() -> list[tuple[str, str, str]]:
        usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
        return [(one.method, one.path, one.request_id) for one in usage.refusals]

    request_id = answer.headers["x-request-id"]
    eventually(lambda: refused() == [("DELETE", "/invoices/7", request_id)])


def test_who_is_let_in_is_told_of_the_keys_end_and_its_limits_where_the_proxy_can_say_so(
    guarded: Guarded,
) -> None:
    house = guarded.house
    issued = reads_invoices(house, "Ending", 2 * DAY)
    house.store.limits.set_key(house.alice, issued.key.id, limits_of(["9/1d"])).unwaited()
    answer = guarded.client.get("/invoices", headers=bearer(issued))
    told = limits.has(limits.NOTICES, guarded.proxy.name)
    assert answer.status_code == 200
    names = ("sunset", "deprecation", "ratelimit", "ratelimit-policy")
    assert [answer.headers.get_list(name) != [] for name in names] == [told] * len(names)
    if told:
        assert answer.headers["ratelimit"].startswith('"day";r=8;t=')
        assert answer.headers["ratelimit-policy"] == '"day";q=9;w=86400'
    # Limits are a list, in which those of the API stay; its end is one, and stays.
    both = guarded.client.get("/invoices?own", headers=bearer(issued)).headers
    own = {name.lower(): value for name, value in OWN.items()}
    for name in ("ratelimit", "ratelimit-policy"):
        items = both[name].split(", ")
        assert own[name] in items
        assert len(items) == 1 + told
    if guarded.proxy.name != "envoy":
        assert both.get_list("sunset") == [own["sunset"]]
    # Nor is anybody told of another's key, nor of one that nobody limits.
    other = guarded.client.get("/invoices", headers=guarded.bearer)
    assert [name for name in names if other.headers.get(name)] == []


def test_another_protocol_is_spoken_behind_it(guarded: Guarded) -> None:
    with guarded.proxy.connect() as wire:
        wire.sendall(
            f"GET /live HTTP/1.1\r\nHost: x\r\nAuthorization: {guarded.bearer['Authorization']}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            more = wire.recv(1)
            assert more, head
            head += more
        assert head.startswith(b"HTTP/1.1 101")
        wire.sendall(b"\x81\x02hi")
        assert wire.recv(4, socket.MSG_WAITALL) == b"\x81\x02hi"


def test_what_the_api_serves_is_never_more_than_a_route_allowed(guarded: Guarded) -> None:
    served = []
    for target in TARGETS:
        for method in ODD_METHODS:
            path = _served(guarded, method, target)
            if path is not None:
                served.append((method, target, path))
    assert not [one for one in served if admins(one[2])]
    # It is a guard and no wall.
    assert guarded.client.get("/invoices/7", headers=guarded.bearer).status_code == 200
    assert guarded.client.get("/admin/users", headers=guarded.bearer).status_code == 403


def test_no_header_says_another_method_or_path_than_was_judged(guarded: Guarded) -> None:
    claimed = {
        "X-HTTP-Method-Override": "DELETE",
        "X-HTTP-Method": "DELETE",
        "X-Method-Override": "DELETE",
        "X-Original-URL": "/admin/users",
        "X-Rewrite-URL": "/admin/users",
    }
    answer = guarded.client.post("/invoices", headers=guarded.bearer | claimed)
    assert answer.status_code == 200
    headers = answer.json()["headers"]
    assert not {name for name in claimed if headers.get(name.lower())}


def test_nothing_passes_while_no_verifier_answers(guarded: Guarded) -> None:
    status, after_long = limits.status(limits.FROZEN, guarded.proxy.name)
    guarded.server.pause()
    try:
        answer = guarded.client.get("/invoices", headers=guarded.bearer, timeout=FROZEN_S)
        assert answer.status_code == status
    except httpx.ReadTimeout:
        assert after_long
    finally:
        guarded.server.go_on()
    eventually(lambda: guarded.client.get("/invoices", headers=guarded.bearer).is_success)


def _basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"anybody:{key}".encode()).decode()}


def _served(guarded: Guarded, method: bytes, target: bytes) -> str | None:
    """Return the path that the API saw of a request, None where none came through."""
    with guarded.proxy.connect() as wire:
        key = guarded.bearer["Authorization"].encode()
        wire.sendall(
            b"%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n" % (method, target, key)
        )
        try:
            answer = received(wire)
        except (OSError, HTTPException, ValueError):
            return None
    if answer.status_code != 200 or not answer.content:
        return None
    return str(answer.json()["path"])
