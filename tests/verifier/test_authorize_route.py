"""The route /authorize: what a proxy is answered, whatever proxy it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from store.client.answer import answered
from store.domain.audit.actions import Action
from store.domain.key_string import mint
from store.domain.leaks.policy import LeakPolicy
from store.domain.verdicts import Verdict
from store.verifier.address_leaks import FOUND_IN
from store.verifier.authorize_route import MAX_DRAINED
from tests.house import House
from tests.verifier.serving import API, Served, eventually, received, serving, several

pytestmark = pytest.mark.both_engines

IDENTITY = ("x-key-id", "x-key-name", "x-workspace", "x-key-scopes", "x-key-owner", "x-key-labels")
FORWARDED = {"X-Forwarded-Method": "DELETE", "X-Forwarded-Uri": "/invoices/7?full=1"}
ORIGINAL = {"X-Original-Method": "DELETE", "X-Original-URI": "/invoices/7?full=1"}
PREFLIGHT = {"Origin": "https://app.example", "Access-Control-Request-Method": "DELETE"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


@pytest.fixture(scope="module")
def proxied(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same store behind a server to which every client here is a named proxy."""
    folder = tmp_path_factory.mktemp("proxied")
    with (
        serving(served.house, folder / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        yield Served(served.house, server, client, made=1000)


def refusals(house: House, key_id: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return method, path and needed scopes of a key's refusals, once there are any."""
    found: list[tuple[str, str, tuple[str, ...]]] = []

    def told() -> bool:
        found[:] = [
            (one.method, one.path.partition("?")[0], one.needed)
            for one in house.store.usage.of_key(house.alice, key_id, 0).refusals
        ]
        return bool(found)

    eventually(told)
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("below", ["", "/", "/invoices/7", "/a/../verify?scope=quotes:write"])
def test_every_method_is_let_pass_with_the_same_empty_answer(
    served: Served, method: str, below: str
) -> None:
    issued = served.issue("events:read availability:read", name=f"Büro {method} {below[:12]}")
    answer = served.ask(f"/authorize{below}", issued.secret.reveal(), method)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"
    assert [answer.headers[name] for name in IDENTITY] == [
        issued.key.id,
        served.ask("/verify", issued.secret.reveal()).headers["x-key-name"],
        "acme-events",
        "availability:read events:read",
        *["", ""],
    ]
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("method", METHODS)
def test_every_refusal_says_its_code_in_a_header(served: Served, method: str) -> None:
    lacking = served.ask("/authorize?scope=quotes:write", served.key("events:read"), method)
    assert lacking.status_code == 403
    assert lacking.headers["x-keydeck-code"] == "scope"
    assert 'scope="quotes:write"' in lacking.headers["www-authenticate"]
    assert method == "HEAD" or lacking.json()["code"] == "scope"
    for key, status, code in (
        (None, 401, "missing"),
        ("x", 401, "malformed"),
        (mint("jw").key.reveal(), 401, "unknown"),
    ):
        answer = served.ask("/authorize", key, method)
        assert (answer.status_code, answer.headers["x-keydeck-code"]) == (status, code)
        assert "www-authenticate" in answer.headers
        assert not any(name in answer.headers for name in IDENTITY)


@pytest.mark.parametrize("length", [0, 10, 3000, MAX_DRAINED - 1])
def test_a_body_is_ignored_and_its_connection_goes_on(served: Served, length: int) -> None:
    key = served.key()
    request = (
        f"POST {API}/authorize HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()
    with served.server.connect() as wire:
        wire.sendall((request + b"x" * length) * 3)
        assert [answer.status_code for answer in several(wire, 3)] == [200, 200, 200]


def test_a_body_that_is_announced_or_endless_is_not_waited_for(served: Served) -> None:
    key = served.key()
    head = f"PUT {API}/authorize/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
    with served.server.connect() as wire:
        wire.sendall(f"{head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode())
        assert received(wire).status_code == 200
    with served.server.connect() as wire:
        wire.sendall(f"{head}Content-Length: {10 * MAX_DRAINED}\r\n\r\n".encode())
        wire.sendall(b"x" * 2 * MAX_DRAINED)
        answer = received(wire)
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")


@pytest.mark.parametrize("told", [FORWARDED, ORIGINAL, FORWARDED | ORIGINAL])
def test_what_a_named_proxy_was_asked_for_is_what_its_refusals_tell(
    proxied: Served, told: dict[str, str]
) -> None:
    issued = proxied.issue("events:read")
    asked = "/authorize?scope=quotes:write"
    answer = proxied.ask(asked, issued.secret.reveal(), "HEAD", headers=told)
    assert answer.status_code == 403
    expected = [("DELETE", "/invoices/7", ("quotes:write",))]
    assert refusals(proxied.house, issued.key.id) == expected


def test_what_envoy_was_asked_for_is_its_own_method_and_what_stands_behind_the_address(
    served: Served,
) -> None:
    issued = served.issue("events:read")
    house = served.house
    house.store.keys.revoke(house.alice, issued.key.id)
    # The query is the client's: it says nothing of what is needed, or of how to answer.
    below = "/authorize/invoices/7?scope=quotes:write&deny=nginx&preflight=pass&x=1"
    answer = served.ask(below, issued.secret.reveal(), "DELETE")
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (401, "revoked")
    assert refusals(house, issued.key.id) == [("DELETE", "/invoices/7", ())]
    good = served.key("events:read")
    assert served.ask(below, good, "DELETE").status_code == 200
    assert served.ask(below, None, "OPTIONS", headers=PREFLIGHT).status_code == 401


def _without(told: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in told.items() if name not in names}


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "must say"),
        (_without(FORWARDED, "X-Forwarded-Method"), "without X-Forwarded-Method"),
        (_without(ORIGINAL, "X-Original-URI"), "without X-Original-URI"),
        (FORWARDED | ORIGINAL | {"X-Original-Method": "GET"}, "differ"),
        (FORWARDED | ORIGINAL | {"X-Original-URI": "/invoices/7"}, "differ"),
        (FORWARDED | {"X-Forwarded-Uri": ""}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "https://x.example/invoices"}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "invoices"}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "/a b"}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "/a#b"}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "/\xe9"}, "no path"),
        (FORWARDED | {"X-Forwarded-Uri": "/" + "x" * 8192}, "8192 bytes"),
        (FORWARDED | {"X-Forwarded-Method": ""}, "method is none"),
        (FORWARDED | {"X-Forwarded-Method": "GET POST"}, "method is none"),
        ([*FORWARDED.items(), ("X-Forwarded-Uri", "/invoices/7?full=1")], "more than once"),
        ([*FORWARDED.items(), ("x-forwarded-method", "GET")], "more than once"),
    ],
)
def test_what_a_proxy_says_twice_by_halves_or_not_at_all_lets_nothing_pass(
    proxied: Served, headers: Any, said: str
) -> None:
    sent = httpx.Headers(headers, encoding="latin-1")
    sent["Authorization"] = f"Bearer {proxied.key()}"
    answer = proxied.client.get(f"{API}/authorize", headers=sent)
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (400, "invalid_request")
    assert said in answer.json()["detail"]


def test_headers_of_somebody_who_is_no_named_proxy_let_nothing_pass(served: Served) -> None:
    key = served.key()
    for header in (*FORWARDED, *ORIGINAL):
        answer = served.ask("/authorize", key, headers={header: "/"})
        assert answer.status_code == 400
        assert "--trust-proxy" in answer.json()["detail"]


@pytest.mark.parametrize("below", ["/", "/invoices", "/invoices/7?full=2"])
def test_an_address_below_and_headers_that_differ_let_nothing_pass(
    proxied: Served, below: str
) -> None:
    answer = proxied.ask(f"/authorize{below}", proxied.key(), headers=FORWARDED)
    assert (answer.status_code, "differ" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        "scopes=events:read",
        "Deny=nginx",
        "deny=caddy",
        "deny=",
        "deny=nginx&deny=nginx",
        "preflight=yes",
        "x",
        "scope=nothing:read",
    ],
)
def test_a_parameter_that_is_not_known_lets_nothing_pass(served: Served, query: str) -> None:
    answer = served.ask(f"/authorize?{query}", served.key())
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (400, "invalid_request")


def test_for_nginx_what_is_neither_401_nor_403_is_a_403_that_says_what_was_meant(
    own_house: House, tmp_path: Path
) -> None:
    key = own_house.create().secret.reveal()
    with (
        serving(own_house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        own = Served(own_house, server, client)
        for asked, headers, sent in (
            ("?deny=nginx", FORWARDED, None),
            ("?deny=nginx", FORWARDED, key),
            ("?scope=quotes:write&deny=nginx", FORWARDED, key),
        ):
            answer = own.ask(f"/authorize{asked}", sent, headers=headers)
            assert answer.status_code in (200, 401, 403)
            assert "x-keydeck-status" not in answer.headers
        for asked, headers in (("?deny=nginx&x=1", FORWARDED), ("?deny=nginx", {})):
            answer = own.ask(f"/authorize{asked}", key, headers=headers)
            assert (answer.status_code, answer.json()["status"]) == (403, 403)
            assert answer.headers["x-keydeck-status"] == "400"
            assert answer.headers["x-keydeck-code"] == "invalid_request"
        # Where the store is gone nothing passes, and that it is gone is told.
        own_house.store.close()
        if own_house.store.database.on_sqlite:
            own_house.store.database.path.rename(tmp_path / "elsewhere")
            eventually(
                lambda: own.ask("/authorize?deny=nginx", key, headers=FORWARDED).status_code == 403
            )
            answer = own.ask("/authorize?deny=nginx", key, headers=FORWARDED)
            assert answer.headers["x-keydeck-status"] == "503"
            assert answer.headers["x-keydeck-code"] == "unavailable"
            assert answer.headers["retry-after"] == "1"
            assert own.ask("/authorize", key, headers=FORWARDED).status_code == 503
            (tmp_path / "elsewhere").rename(own_house.store.database.path)


def test_a_preflight_passes_where_that_is_asked_for_and_no_key_is_sent(proxied: Served) -> None:
    options = {"X-Forwarded-Method": "OPTIONS", "X-Forwarded-Uri": "/invoices"}

    def asked(headers: dict[str, str], query: str = "?preflight=pass&scope=events:read") -> int:
        return proxied.ask(f"/authorize{query}", None, headers=headers).status_code

    passed = proxied.ask("/authorize?preflight=pass", None, headers=options | PREFLIGHT)
    assert (passed.status_code, [passed.headers[name] for name in IDENTITY]) == (200, [""] * 6)
    assert asked(options | PREFLIGHT) == 200
    assert asked(options | PREFLIGHT, "") == 401
    assert asked(options | PREFLIGHT, "?preflight=pass&x=1") == 400
    assert asked(options) == 401
    assert asked(options | _without(PREFLIGHT, "Origin")) == 401
    assert asked(FORWARDED | PREFLIGHT) == 401
    assert asked(options | PREFLIGHT | {"Authorization": "Bearer x"}) == 401


def test_a_key_in_a_clients_address_is_refused_and_reported_as_leaked(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    house.store.operator.set_leak_policy(LeakPolicy.REPORT)
    good, leaked, below = house.create("Good"), house.create("Leaked"), house.create("Below")
    own_address = house.create("At our own")
    with (
        serving(house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        own = Served(house, server, client)
        found = leaked.secret.reveal()
        encoded = "".join(f"%{byte:02x}" for byte in found.encode())
        for uri in (f"/x?k={found}", f"/x/{found}/y", f"/x?k=x{encoded}x"):
            told = {"X-Forwarded-Method": "GET", "X-Forwarded-Uri": uri}
            answer = own.ask("/authorize", good.secret.reveal(), headers=told)
            assert (answer.status_code, answer.headers["x-keydeck-code"]) == (
                400,
                "invalid_request",
            )
        # At our own addresses, too.
        sent = f"/events?k={own_address.secret.reveal()}"
        assert own.ask(sent, good.secret.reveal()).status_code == 400
        # Of somebody who has no key that is good as well.
        assert own.ask(f"/authorize/x?k={below.secret.reveal()}").status_code == 400
        nobodys = mint("jw").key.reveal()
        assert own.ask(f"/authorize/x?k={nobodys}", good.secret.reveal()).status_code == 400

        def marked() -> list[str]:
            keys = (good, leaked, below, own_address)
            got = [house.store.keys.show(house.alice, one.key.id) for one in keys]
            return [key.name for key in got if key.leaked_at is not None]

        eventually(lambda: marked() == ["Leaked", "Below", "At our own"])
        entries = house.store.audit_trail.newest(house.alice, limit=20)
        told_of = [e for e in entries if e.action == Action.LEAK_REPORTED]
        assert {entry.details["source"] for entry in told_of} == {FOUND_IN}
        assert found not in repr(told_of)


def test_a_request_that_was_let_in_is_counted_and_told_when_its_key_ends(proxied: Served) -> None:
    house = proxied.house
    issued = proxied.issue("events:read")
    house.store.rotations.rotate(house.alice, issued.key.id)
    for _ in range(3):
        asked = "/authorize?scope=events:read"
        answer = proxied.ask(asked, issued.secret.reveal(), headers=FORWARDED)
        assert (answer.status_code, "sunset" in answer.headers) == (200, True)

    def counted() -> bool:
        usage = house.store.usage.of_key(house.alice, issued.key.id, 0)
        return usage.traffic.by_verdict.get(Verdict.VALID) == 3

    eventually(counted)


def test_whom_a_key_belongs_to_is_told_with_its_labels(served: Served) -> None:
    issued = served.issue()
    store, alice = served.house.store, served.house.alice
    labels = {"tier": "gold", "team": "Süd, 100%"}
    store.belonging.set_both(alice, issued.key.id, "Müller & Söhne", labels).unwaited()
    for path in ("/verify", "/authorize"):
        answer = served.ask(path, issued.secret.reveal())
        assert unquote(answer.headers["x-key-owner"]) == "Müller & Söhne"
        told = [one.partition("=") for one in answer.headers["x-key-labels"].split()]
        assert {name: unquote(value) for name, _, value in told} == labels
    content = served.ask("/verify", issued.secret.reveal()).json()
    assert (content["owner"], content["labels"]) == ("Müller & Söhne", labels)
    named = answered(200, answer.headers.raw, b"")
    assert (named.owner, named.labels) == ("Müller & Söhne", labels)
