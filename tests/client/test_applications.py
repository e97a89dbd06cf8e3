"""Starlette, FastAPI, Django (twice), Flask and a plain WSGI application, each guarded."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from store.client import Authorizer
from store.domain.clock import FixedClock, SystemClock
from store.domain.key_string import mint
from store.domain.limits import limits
from tests.client.applications import BY_HAND, ON_ASGI, ON_WSGI, running
from tests.conftest import MoveIn
from tests.verifier.serving import PATIENCE_S, Served, eventually, received, serving

KEY_HEADER = "X-API-Key"
CLAIMS = {"X-Key-Id": "claimed", "X-Key-Name": "claimed", "X-Workspace": "claimed"}
CLAIMS |= {"X-Key-Scopes": "claimed", "X-Request-Id": "claimed", "X-Key-Other": "claimed"}


class Application:
    """A guarded application, its verifier, and a client of it."""

    def __init__(self, name: str, served: Served, client: httpx.Client) -> None:
        self.name, self.served, self.client = name, served, client
        self.issued = served.issue("events:read", name=f"Büro {name}")
        self.bearer = {"Authorization": f"Bearer {self.issued.secret.reveal()}"}


@pytest.fixture(scope="module")
def verifier(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A verifier that takes a key in a header of its own, too."""
    folder = tmp_path_factory.mktemp("client")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", key_headers=[KEY_HEADER]) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.fixture(scope="module", params=[*ON_WSGI, *ON_ASGI])
def application(verifier: Served, request: pytest.FixtureRequest) -> Iterator[Application]:
    """One of them."""
    authorizer = Authorizer(verifier.server.address, key_headers=[KEY_HEADER], timeout_s=PATIENCE_S)
    with (
        running(request.param, authorizer) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_S, trust_env=False) as client,
    ):
        yield Application(request.param, verifier, client)


def test_a_good_key_gets_in_and_the_application_is_told_whose_it_is(
    application: Application,
) -> None:
    key = application.issued.secret.reveal()
    for method in ("GET", "POST", "DELETE"):
        for sent in (application.bearer, {KEY_HEADER: key}):
            answer = application.client.request(
                method, "/invoices/7?full=1", headers=sent | CLAIMS, content=b""
            )
            assert answer.status_code == 200, answer.text
            told = answer.json()
            assert (told["method"], told["key"]) == (method, application.issued.key.id)
            assert told["name"] == application.issued.key.name
            if application.name in BY_HAND:
                continue
            headers = told["headers"]
            assert headers["x-key-id"] == application.issued.key.id
            assert headers["x-key-scopes"] == "events:read"
            assert headers["x-workspace"] == "acme-events"
            assert headers["x-request-id"].startswith("req_")
            assert "claimed" not in headers.values()
            assert not any(key in value for value in headers.values())


def test_a_refusal_is_handed_on_with_its_challenge_code_and_request_id(
    application: Application,
) -> None:
    dead = application.served.issue()
    house = application.served.house
    house.store.keys.revoke(house.alice, dead.key.id)
    good = application.bearer["Authorization"]
    for headers, status, code in (
        ({}, 401, "missing"),
        ({"Authorization": "Digest x"}, 401, "malformed"),
        ({KEY_HEADER: mint("jw").key.reveal()}, 401, "unknown"),
        ({"Authorization": f"Bearer {dead.secret.reveal()}"}, 401, "revoked"),
        ({"Authorization": good, KEY_HEADER: "another"}, 400, "invalid_request"),
    ):
        answer = application.client.post("/invoices", headers=headers)
        assert (answer.status_code, answer.headers["x-keydeck-code"]) == (status, code)
        assert answer.headers["www-authenticate"].startswith('Bearer realm="keydeck"')
        assert answer.headers["x-request-id"].startswith("req_")
        assert answer.headers["cache-control"] == "no-store"
        if application.name != "fastapi":
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["request_id"] == answer.headers["x-request-id"]
    head = application.client.head("/invoices")
    assert (head.status_code in (401, 405), head.content) == (True, b"")

    def refused() -> list[tuple[str, str]]:
        usage = house.store.usage.of_key(house.alice, dead.key.id, 0)
        return [(one.method, one.path) for one in usage.refusals]

    eventually(lambda: refused() == [("POST", "/invoices")])


def test_what_is_left_of_a_limit_is_told_and_what_is_more_is_429(application: Application) -> None:
    issued, house = application.served.issue("events:read"), application.served.house
    house.store.limits.set_key(house.alice, issued.key.id, limits(["1/1d"])).unwaited()
    bearer = {"Authorization": f"Bearer {issued.secret.reveal()}"}
    first, second = (application.client.get("/invoices", headers=bearer) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers["x-keydeck-code"] == "limited"
    assert second.headers["ratelimit"] == f'"day";r=0;t={second.headers["retry-after"]}'
    for answer in (second,) if application.name == "plain" else (first, second):
        assert answer.headers.get_list("ratelimit-policy") == ['"day";q=1;w=86400']
        assert answer.headers["ratelimit"].startswith('"day";r=0;t=')


def test_a_key_in_the_address_is_refused_and_leaked(application: Application) -> None:
    house = application.served.house
    careless = application.served.issue()
    address = f"/invoices?k={careless.secret.reveal()}"
    assert application.client.get(address, headers=application.bearer).status_code == 400
    eventually(lambda: house.store.keys.show(house.alice, careless.key.id).leaked_at is not None)


def test_a_path_that_leads_elsewhere_is_never_asked_about_as_it_leads(
    application: Application,
) -> None:
    port = application.client.base_url.port
    for path in (
        *("/../../../healthz", "/%2e%2e/%2e%2e/%2e%2e/healthz", "/x/..%2f..%2f..%2f..%2fhealthz"),
        *("/..%5c..%5c..%5chealthz", "/./healthz"),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert received(wire).status_code in (400, 401), path


@pytest.mark.parametrize("name", [*ON_WSGI, *ON_ASGI])
def test_without_a_verifier_it_is_503_and_never_a_bad_key(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        authorizer = Authorizer(f"http://127.0.0.1:{nobody.getsockname()[1]}", timeout_s=0.2)
        with running(name, authorizer) as address:
            sent = {"Authorization": f"Bearer {mint('jw').key.reveal()}"}
            answer = httpx.get(f"{address}/x", headers=sent, timeout=PATIENCE_S, trust_env=False)
    assert (answer.status_code, answer.headers["x-keydeck-code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "www-authenticate" not in answer.headers
