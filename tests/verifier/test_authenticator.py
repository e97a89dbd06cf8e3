"""What is wrong with a query is told after what is wrong with the credential, on every path."""

import pytest

from store.domain.leaks.policy import LeakPolicy
from store.service.leaks import Reported
from store.verifier.api_keys import key_authenticator
from store.verifier.authorize_route import AuthorizeRoute
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from store.verifier.problems import Problem
from store.verifier.verify_route import VerifyRoute
from tests.house import House
from tests.verifier.test_limits import context as context
from tests.verifier.test_limits import refused
from tests.verifier.test_networks import request

INVALID = "invalid_request"
MISREAD = ("cost=x", "cost=1&cost=2", "&".join(["scope=events:read"] * 101))
OF_PROXIES = (*MISREAD, "deny=caddy", "preflight=yes")


def asking(context: WorkerContext, route: str, secret: str, query: str) -> Problem:
    """Ask one of the two routes, and return the problem."""
    asked = request(secret, "203.0.113.7", f"/api/v1/{route}") | {"query_string": query.encode()}
    keys = key_authenticator(context)
    if route == "verify":
        return refused(lambda: VerifyRoute(keys).get(asked))
    return refused(lambda: AuthorizeRoute(keys, context).judge(asked))


def test_a_credential_comes_before_a_query_that_makes_no_sense(
    own_house: House, context: WorkerContext
) -> None:
    house = own_house
    good, dead = house.create("Good"), house.create("Dead")
    works, ended = good.secret.reveal(), dead.secret.reveal()
    house.store.keys.revoke(house.alice, dead.key.id).unwaited()
    for route, queries in (("verify", MISREAD), ("authorize", OF_PROXIES)):
        for query in queries:
            for secret, code in (("x", "malformed"), (ended, "revoked"), (works, INVALID)):
                assert asking(context, route, secret, query).code == code, (route, query)
            lacking = asking(context, route, works, f"scope=events:write&{query}")
            assert lacking.code == ("scope" if "scope" not in query else INVALID)
    # As `keydeck can` tells it.
    dead_key = house.store.keys.show(house.alice, dead.key.id)
    for query in MISREAD:
        address = f"/api/v1/verify?{query}"
        assert foresee(context, dead_key, "GET", address).verdict.value == "revoked"
        with pytest.raises(Problem):
            foresee(context, good.key, "GET", address)


def test_a_key_in_a_query_is_reported_whatever_else_is_wrong_with_it(
    own_house: House, context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = own_house
    house.store.operator.set_leak_policy(LeakPolicy.REPORT)
    reported: list[str] = []

    def add(_: object, reports: list[Reported]) -> None:
        reported.extend(one.found.reveal() for one in reports)

    monkeypatch.setattr(context.intake, "add", add)
    leaked = house.create("Leaked").secret.reveal()
    good = house.create("Good").secret.reveal()
    for route, queries in (("verify", MISREAD), ("authorize", (*OF_PROXIES, ""))):
        for query in queries:
            asked = f"{query}&key={leaked}"
            assert asking(context, route, good, asked).code == INVALID
            assert reported.pop() == leaked, (route, query)
    # Nor do routes take its place, although nothing says which request this is about.
    house.store.routes.add("GET /invoices", ["events:read"])
    assert asking(context, "authorize", good, f"key={leaked}").code == INVALID
    assert reported == [leaked]
