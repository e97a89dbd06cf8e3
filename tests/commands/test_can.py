"""`keydeck can`: the verifier's answer without a request."""

import pytest

from store.domain.limits import limits
from store.domain.people import Plan
from tests.commands.conftest import Keydeck
from tests.house import House


@pytest.mark.parametrize(
    ("request_line", "status", "said"),
    [
        ("GET /api/v1/events", 0, "yes: it needs events:read"),
        ("head /api/v1/events/ev_1", 0, "yes: it needs events:read"),
        ("POST /api/v1/events", 1, "no: scope (it needs events:write)"),
        ("GET /api/v1/verify", 0, "yes: it needs no scope"),
        ("GET /api/v1/verify?scope=quotes:read", 1, "no: scope (it needs quotes:read)"),
        ("GET /api/v1/healthz", 0, "yes: no key is needed there"),
    ],
)
def test_it_says_what_the_verifier_would(
    keydeck: Keydeck, house: House, request_line: str, status: int, said: str
) -> None:
    house.create("Website", "events:read")
    done = keydeck("can", "Website", *request_line.split())
    assert (done.status, done.out) == (status, f"{said}\n")


def test_what_the_verifier_does_not_have_is_2_and_an_unknown_key_4(
    keydeck: Keydeck, house: House
) -> None:
    house.create("Website", "events:read")
    for address, said in (
        ("/api/v1/nothing", "nothing at /api/v1/nothing"),
        ("/api/v1/availability", "does not answer to DELETE, but to GET"),
        ("/api/v1/events/", "nothing at /api/v1/events/"),
    ):
        done = keydeck("can", "Website", "DELETE", address)
        assert (done.status, said in done.err) == (2, True)
    done = keydeck("can", "Website", "GET", "https://[api.example/api/v1/events")
    assert (done.status, "no address" in done.err) == (2, True)
    done = keydeck("can", "Website", "GET", "/api/v1/verify?scope=nonsense:read")
    assert (done.status, "not in the catalogue" in done.err) == (2, True)
    events = "/api/v1/events"
    for address in ("/api/v1/verify?scopes=x", f"{events}?page=2", f"{events}#x", "/healthz?x"):
        done = keydeck("can", "Website", "GET", address)
        assert (done.status, done.out) == (2, "")
    assert keydeck("can", "Nobody", "GET", "/api/v1/events").status == 4


def test_a_dead_key_and_a_plan_are_answers_for_programs_too(keydeck: Keydeck, house: House) -> None:
    issued = house.create("Website", "events:read")
    house.store.operator.set_plan("acme-events", Plan.FREE)
    assert keydeck("can", "Website", "GET", "/api/v1/events").out.startswith("no: plan")
    house.store.keys.revoke(house.alice, issued.key.id)
    done = keydeck("can", "Website", "GET", "/api/v1/events/1", "--json")
    assert (done.status, done.json) == (
        1,
        {
            "key": issued.key.id,
            "name": "Website",
            "method": "GET",
            "path": "/api/v1/events/{id}",
            "allowed": False,
            "verdict": "revoked",
            "required_scopes": ["events:read"],
            "route": None,
            "cost": 1,
            "limits": [],
        },
    )


def test_the_admins_own_routes_are_asked_where_there_are_any(
    keydeck: Keydeck, house: House
) -> None:
    issued = house.create("Billing", "events:read")
    for text, needs in (
        ("GET /invoices/{id}", "events:read"),
        ("DELETE /invoices/{id}", "events:write"),
        ("GET /health", "public"),
        ("GET /me", "any"),
    ):
        house.store.routes.add(text, [needs])
    for asked, status, said in (
        ("GET /invoices/7?full=1", 0, "yes: GET /invoices/{id} needs events:read"),
        ("DELETE /invoices/7", 1, "no: scope (DELETE /invoices/{id} needs events:write)"),
        ("GET /health", 0, "yes: GET /health needs no key"),
        ("GET /me", 0, "yes: GET /me needs any good key"),
        ("GET /nowhere", 1, "no: route (no route names it)"),
        ("GET /api/v1/events", 0, "yes: it needs events:read"),
    ):
        done = keydeck("can", "Billing", *asked.split())
        assert (done.status, done.out) == (status, f"{said}\n")
    done = keydeck("can", "Billing", "GET", "/invoices/%2e%2e/x")
    assert (done.status, "needs no encoding" in done.err) == (2, True)
    told = keydeck("can", "Billing", "GET", "/invoices/7", "--json").json
    assert told["route"] == "GET /invoices/{id}"
    house.store.keys.revoke(house.alice, issued.key.id)
    assert keydeck("can", "Billing", "GET", "/invoices/7").out.startswith("no: revoked")


def test_what_a_request_counts_for_is_asked_about_where_a_route_decides_and_uses_nothing(
    keydeck: Keydeck, house: House
) -> None:
    key = house.create("Billing", "events:read").key
    house.store.limits.set_key(house.alice, key.id, limits(["10/1d", "4/1m?"])).unwaited()
    house.store.routes.add("POST /invoices", ["events:read"])
    ask = ("can", "Billing", "POST", "/invoices", "--cost")
    assert [keydeck(*ask, cost).status for cost in ("5", "10", "11")] == [0, 0, 1]
    said = keydeck(*ask, "11").out.splitlines()
    assert said[0] == "no: limited (POST /invoices needs events:read)"
    assert said[1].startswith("0 of 10 a day, 10 left until ")
    assert said[1].endswith("; this counts for 11")
    assert len(said) == 2, "what is only observed is in nobody's way"
    told = keydeck(*ask, "11", "--json").json
    assert (told["verdict"], told["cost"]) == ("limited", 11)
    assert [(one["limit"], one["used"]) for one in told["limits"]] == [("4/1m?", 0), ("10/1d", 0)]
    verifier = keydeck("can", "Billing", "GET", "/api/v1/verify?cost=11", "--json").json
    assert (verifier["verdict"], verifier["cost"]) == ("limited", 11)
    for wrong in ("0", "1000001", "much"):
        assert keydeck(*ask, wrong).status == 2
    elsewhere = keydeck("can", "Billing", "GET", "/api/v1/verify", "--cost", "5")
    assert (elsewhere.status, "/api/v1/verify?cost=5" in elsewhere.err) == (2, True)
