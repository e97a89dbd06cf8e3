"""Routes as a verifier goes by them: at once, whoever changes them, and never by half a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.text import why_words
from store.domain.verdicts import Verdict
from store.service.commits import Done
from store.service.why import Explanation
from tests.house import House
from tests.verifier.serving import Served, eventually, serving
from tests.verifier.test_authorize_route import IDENTITY

pytestmark = pytest.mark.both_engines
OF_KEYS = ("scope", "route", "revoked")
"""Outcomes that are kept with the key they are about."""


@pytest.fixture(scope="module")
def routed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A store with routes, behind a server to which every client here is a named proxy."""
    routes = served.house.store.routes
    for text, needs in (
        ("GET /invoices/{id}", "events:read"),
        ("* /invoices/{id}", "events:write quotes:write"),
        ("GET /invoices/mine", "any"),
        ("GET /health", "public"),
        ("* /files/{rest...}", "quotes:read"),
    ):
        routes.add(text, [needs])
    folder = tmp_path_factory.mktemp("routed")
    with (
        serving(served.house, folder / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        yield Served(served.house, server, client, made=1000)


def _asked(served: Served, request: str, key: str | None, query: str = "") -> httpx.Response:
    method, _, uri = request.partition(" ")
    headers = {"X-Forwarded-Method": method, "X-Forwarded-Uri": uri}
    return served.ask(f"/authorize{query}", key, headers=headers)


def _why(house: House, request_id: str) -> Explanation:
    """Return why a request was refused, once its refusal is written."""
    found = [house.store.why.explain(house.alice, request_id)]

    def told() -> bool:
        found[:] = [house.store.why.explain(house.alice, request_id)]
        return found[0].refusal is not None

    if found[0].outcome in OF_KEYS:
        eventually(told)
    return found[0]


@pytest.mark.parametrize(
    ("request_", "outcome", "route", "advice"),
    [
        (
            "DELETE /invoices/7?x=1",
            "scope",
            "* /invoices/{id} needs events:write and quotes:write",
            "It needed events:write and quotes:write; the key has events:read.",
        ),
        ("GET /files/a", "scope", "* /files/{rest...} needs quotes:read", "Grant what is lacking"),
        ("GET /nowhere", "route", None, "Name it, if it may pass: keydeck routes add."),
        ("GET /files//x", "ambiguous_path", None, "keydeck routes test 'METHOD /path' says"),
        ("delete /invoices/7", "ambiguous_path", None, "keydeck routes test 'METHOD /path' says"),
    ],
)
def test_why_names_the_route_that_refused_and_what_it_needs(
    routed: Served, request_: str, outcome: str, route: str | None, advice: str
) -> None:
    issued = routed.issue("events:read")
    answer = _asked(routed, request_, issued.secret.reveal())
    found = _why(routed.house, answer.headers["x-request-id"])
    assert found.outcome == outcome
    facts = dict(why_words.facts(found, found.at, "jw"))
    assert facts.get("Route") == route
    if outcome in OF_KEYS:
        assert facts["Asked for"].partition("?")[0] == request_.partition("?")[0]
    assert advice in " ".join(why_words.advice(found, found.at, "jw"))


def test_why_names_no_route_of_what_needs_no_key_or_was_asked_for_by_its_scope(
    routed: Served,
) -> None:
    house, issued = routed.house, routed.issue("events:read")
    asked = _asked(routed, "GET /nowhere", issued.secret.reveal(), "?scope=quotes:write")
    found = _why(house, asked.headers["x-request-id"])
    assert (found.outcome, found.route) == ("scope", None)
    house.store.keys.revoke(house.alice, issued.key.id)
    asked = _asked(routed, "GET /health", issued.secret.reveal())
    found = _why(house, asked.headers["x-request-id"])
    assert (found.outcome, found.route) == ("revoked", None)
    assert "GET /health" in dict(why_words.facts(found, found.at, "jw"))["Asked for"]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ("GET /invoices/7?full=1", 200, None),
        ("HEAD /invoices/7", 200, None),
        ("GET /invoices/mine", 200, None),
        ("DELETE /invoices/7", 403, "scope"),
        ("POST /files/a/b", 403, "scope"),
        ("GET /invoices", 403, "route"),
        ("GET /Invoices/7", 403, "route"),
        ("GET /invoices/7/", 403, "route"),
        ("GET /invoices/7/lines", 403, "route"),
        ("POST /health", 403, "route"),
        ("GET /invoices/%2e%2e/mine", 400, "ambiguous_path"),
        ("GET /files//x", 400, "ambiguous_path"),
        ("delete /invoices/7", 400, "ambiguous_path"),
        ("GET /health", 200, None),
    ],
)
def test_the_route_decides_what_a_request_takes(
    routed: Served, request_: str, status: int, code: str | None
) -> None:
    issued = routed.issue("events:read")
    answer = _asked(routed, request_, issued.secret.reveal())
    assert (answer.status_code, answer.headers.get("x-keydeck-code")) == (status, code)
    if status == 200:
        assert answer.headers["x-key-id"] == issued.key.id
    elif code == "scope":
        needed = "quotes:read" if "/files" in request_ else "events:write quotes:write"
        assert answer.json()["required_scope"] == needed
    else:
        assert request_.partition("?")[0] in answer.json()["detail"]
        assert "www-authenticate" not in answer.headers
    if status == 403:
        house, asked = routed.house, request_.partition(" ")

        def kept() -> bool:
            found = house.store.usage.of_key(house.alice, issued.key.id, 0).refusals
            return [(one.method, one.path.partition("?")[0], one.verdict) for one in found] == [
                (asked[0], asked[2], Verdict(str(code)))
            ]

        eventually(kept)


def test_what_is_public_takes_no_key_and_says_whose_it_is_where_there_is_one(
    routed: Served,
) -> None:
    answer = _asked(routed, "GET /health", None)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [answer.headers[name] for name in IDENTITY] == [""] * 6
    dead = routed.issue()
    routed.house.store.keys.revoke(routed.house.alice, dead.key.id)
    assert _asked(routed, "GET /health", dead.secret.reveal()).status_code == 401
    assert _asked(routed, "GET /health", None, "?x=1").status_code == 400
    assert _asked(routed, "GET /health", None, "?access_token=x").status_code == 400


def test_without_a_key_nobody_learns_which_routes_there_are(routed: Served) -> None:
    told = {
        (answer.status_code, answer.json()["detail"])
        for answer in (
            _asked(routed, "GET /invoices/7", None),
            _asked(routed, "GET /nowhere", None),
        )
    }
    assert len(told) == 1
    assert told.pop()[0] == 401


def test_a_scope_that_is_asked_for_decides_in_their_place(routed: Served) -> None:
    key = routed.key("events:read")
    assert _asked(routed, "GET /nowhere", key, "?scope=events:read").status_code == 200
    assert _asked(routed, "GET /invoices/7", key, "?scope=quotes:read").status_code == 403
    assert _asked(routed, "GET /nowhere", key, "?scope=").status_code == 400


def test_whoever_does_not_say_what_is_asked_for_gets_nothing(
    routed: Served, served: Served
) -> None:
    answer = served.ask("/authorize", served.key())
    assert (answer.status_code, "--trust-proxy" in answer.json()["detail"]) == (400, True)
    # Envoy says it in the address.
    assert served.ask("/authorize/invoices/mine", served.key()).status_code == 200
    assert served.ask("/authorize/nowhere?scope=events:read", served.key()).status_code == 403


@contextmanager
def _two_workers(house: House, folder: Path, lease_s: float | None = None) -> Iterator[Served]:
    with (
        serving(
            house, folder / "stderr", proxies=["127.0.0.1"], lease_s=lease_s, workers=2
        ) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


def test_a_change_is_in_force_in_every_worker_once_that_is_said(
    own_house: House, tmp_path: Path
) -> None:
    with _two_workers(own_house, tmp_path) as changing:
        _is_in_force_in_every_worker(changing)


@pytest.mark.postgres_only
def test_so_it_is_where_they_know_by_a_lease(own_house: House, tmp_path: Path) -> None:
    with _two_workers(own_house, tmp_path, lease_s=3.0) as changing:
        _is_in_force_in_every_worker(changing)


def _is_in_force_in_every_worker(changing: Served) -> None:
    house, key = changing.house, changing.key("events:read")
    routes = house.store.routes

    def told(request: str = "GET /a") -> set[int]:
        found = set()
        for _ in range(8):
            # Over a connection of its own each time, so that both workers are asked.
            with changing.server.client() as client:
                found.add(_asked(Served(house, changing.server, client), request, key).status_code)
        return found

    assert told() == {200}
    changes: list[tuple[Callable[[], Done[Any]], int]] = [
        (lambda: routes.add("GET /b", ["events:read"]), 403),
        (lambda: routes.add("GET /{any}", ["events:read"]), 200),
        (lambda: routes.add("GET /a", ["quotes:read"]), 403),
        (lambda: routes.add("GET /a", ["public"], replace=True), 200),
        (lambda: routes.remove("GET /a"), 200),
        (lambda: routes.remove("GET /{any}"), 403),
        (lambda: routes.remove("GET /b"), 200),
    ]
    for change, wanted in changes:
        receipt = house.store.in_force.wait(change().commits)
        assert receipt is not None
        assert receipt.in_force_at is not None
        assert told() == {wanted}


def test_routes_that_somebody_else_wrote_and_that_do_not_go_together_let_nothing_pass(
    own_house: House, tmp_path: Path
) -> None:
    key = own_house.create().secret.reveal()
    own_house.store.routes.add("GET /a/{x}", ["any"])
    with (
        serving(own_house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        own = Served(own_house, server, client)
        assert _asked(own, "GET /a/b", key).status_code == 200
        for method, path in (("*", "/a/b"), ("GET", "/a//b")):
            with own_house.store.database.writing() as connection:
                values = f"('{method}', '{path}', 'any')"
                connection.exec_driver_sql(
                    f"INSERT INTO routes (method, path, needs) VALUES {values}"
                )
            assert _asked(own, "GET /a/b", key).status_code == 503
            with own_house.store.database.writing() as connection:
                connection.exec_driver_sql(f"DELETE FROM routes WHERE path = '{path}'")
            assert _asked(own, "GET /a/b", key).status_code == 200
