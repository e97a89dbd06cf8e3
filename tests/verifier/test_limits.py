"""How often keys and connections may be used: last of all, the same on every path, and told."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from store.domain.credential import AccessToken, Credential
from store.domain.keys import Key
from store.domain.limits import limits
from store.domain.times import MINUTE, SECOND
from store.domain.verdicts import Verdict
from store.verifier.answers import NOTICE
from store.verifier.api_keys import key_authenticator
from store.verifier.authenticator import AnyAuthenticator, Authenticator
from store.verifier.authorize_route import AuthorizeRoute
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from store.verifier.mcp.access_tokens import AccessTokens
from store.verifier.own_tools import OwnTools
from store.verifier.problems import Problem
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls
from store.verifier.verify_route import VerifyRoute
from tests.house import House
from tests.verifier.test_networks import leased, request

TWICE = limits(["2/1m"])


@pytest.fixture
def context(own_house: House) -> Iterator[WorkerContext]:
    """What a worker has."""
    with closing(began(own_house)) as found:
        yield found


def began(house: House) -> WorkerContext:
    """Return a worker that has just begun."""
    return WorkerContext(
        house.url,
        pepper_path=house.pepper_path,
        clock=house.clock,
        public_url="https://here.example",
        proxies=["127.0.0.1"],
    )


def asking(keys: AnyAuthenticator, secret: str) -> Callable[[], Credential]:
    """Return a request that takes nothing but the key."""
    return lambda: keys.admit(request(secret, "203.0.113.7"), ())


def refused(ask: Callable[[], object]) -> Problem:
    """Ask, and return the problem."""
    with pytest.raises(Problem) as found:
        ask()
    return found.value


def fields(problem: Problem) -> dict[str, str]:
    """Return a problem's headers."""
    return {name.decode(): value.decode() for name, value in problem.headers}


def calling(context: WorkerContext) -> Authenticator[AccessToken]:
    """Return what lets assistants in."""
    where, own = Urls(context.issuer), OwnTools(context.lookup, context.memory, ())
    return Authenticator(context, AccessTokens(context, where, RequestableScopes(own)))


def test_what_is_more_is_refused_until_the_next_window_and_every_answer_says_what_is_left(
    own_house: House, context: WorkerContext
) -> None:
    issued = own_house.create()
    own_house.store.limits.set_key(own_house.alice, issued.key.id, TWICE).unwaited()
    keys, secret = key_authenticator(context), issued.secret.reveal()
    now = own_house.clock.now()
    left = -(-(MINUTE - now % MINUTE) // SECOND)
    told = []
    for _ in range(2):
        asked = request(secret, None)
        keys.admit(asked, ())
        told.append({name.decode(): value.decode() for name, value in asked[NOTICE]})
    assert [one["ratelimit"] for one in told] == [f'"minute";r={rest};t={left}' for rest in (1, 0)]
    assert {one["ratelimit-policy"] for one in told} == {'"minute";q=2;w=60'}
    problem = refused(asking(keys, secret))
    assert (problem.code, problem.status) == ("limited", 429)
    assert fields(problem) == {
        "ratelimit-policy": '"minute";q=2;w=60',
        "ratelimit": f'"minute";r=0;t={left}',
        "retry-after": str(left),
    }
    assert problem.detail == f"This API key may be used 2 times a minute. Try again in {left} s."
    own_house.clock.advance(left * SECOND)
    assert asking(keys, secret)()


def test_who_begins_again_lets_through_what_is_left(own_house: House) -> None:
    issued = own_house.create()
    own_house.store.limits.set_key(own_house.alice, issued.key.id, limits(["3/1d"])).unwaited()
    passed = 0
    for _ in range(3):
        with closing(began(own_house)) as context:
            ask = asking(key_authenticator(context), issued.secret.reveal())
            for _ in range(2):
                with suppress(Problem):
                    passed += ask() is not None
            asyncio.run(context.usage.flush())
    assert passed == 3


def test_a_key_without_limits_is_told_of_none(own_house: House, context: WorkerContext) -> None:
    issued = own_house.create()
    asked = request(issued.secret.reveal(), None)
    key_authenticator(context).admit(asked, ())
    assert not [name for name, _ in asked.get(NOTICE, ()) if name.startswith(b"ratelimit")]
    assert not context.limits.waits


def paths(
    context: WorkerContext, house: House, key: Key, secret: str, needed: tuple[str, ...]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield every way in which a key is decided about."""
    keys, memory, query = key_authenticator(context), context.memory, "+".join(needed)
    route = AuthorizeRoute(keys, context)

    def admitting() -> object:
        return keys.admit(request(secret, "203.0.113.7"), needed)

    def writing() -> object:
        admitting()
        return asyncio.run(keys.write(request(secret, "203.0.113.7"), needed, lambda _, it: it))

    def authorizing() -> object:
        sent = request(secret, "127.0.0.1", "/api/v1/authorize")
        sent["query_string"] = f"scope={query}".encode() if query else b""
        told = {
            "x-forwarded-method": "GET",
            "x-forwarded-uri": "/a",
            "x-forwarded-for": "203.0.113.7",
        }
        sent["headers"] += [(name.encode(), value.encode()) for name, value in told.items()]
        return route.judge(sent)

    def foreseen() -> object:
        left = house.store.limits.used(house.alice, key.id)
        path = f"/api/v1/verify?scope={query}" if query else "/api/v1/verify"
        found = foresee(context, key, "GET", path, "203.0.113.7", left)
        if found.verdict is not Verdict.VALID:
            raise Problem(found.verdict.value, "")
        return found

    for name, remembered in (("read", None), ("header", memory), ("lease", leased())):
        context.memory = remembered
        yield name, admitting
        yield f"{name} again", admitting
    yield "write", writing
    yield "authorize", authorizing
    yield "can", foreseen
    context.memory = memory


def test_what_a_request_costs_is_foreseen_as_the_proxy_is_answered_where_a_route_decides(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    issued = own_house.create()
    store.limits.set_key(alice, issued.key.id, limits(["10/1d"])).unwaited()
    store.routes.add("GET /a", ["availability:read"])
    route = AuthorizeRoute(key_authenticator(context), context)

    def authorized() -> object:
        sent = request(issued.secret.reveal(), "127.0.0.1", "/api/v1/authorize")
        sent["query_string"] = f"cost={cost}".encode()
        sent["headers"] += [(b"x-forwarded-method", b"GET"), (b"x-forwarded-uri", b"/a")]
        return route.judge(sent)

    answered = []
    for cost in (11, 8, 3, 2, 1):
        left = store.limits.used(alice, issued.key.id)
        told = foresee(context, issued.key, "GET", "/a", None, left, cost).verdict
        answered.append(told)
        if told is Verdict.VALID:
            assert authorized()
        else:
            assert refused(authorized).code == told
        asyncio.run(context.usage.flush())
    over, within = Verdict.LIMITED, Verdict.VALID
    assert answered == [over, within, over, within, over]


def test_what_is_only_observed_refuses_on_no_path_is_told_to_nobody_and_counted_by_caller(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    issued = own_house.create()
    store.limits.set_key(alice, issued.key.id, limits(["1/1d?"])).unwaited()
    store.limits.set_workspace(alice, limits(["1/1h?"])).unwaited()
    ways = dict(paths(context, own_house, issued.key, issued.secret.reveal(), ()))
    for name, ask in ways.items():
        assert ask() is not None, name
    asked = request(issued.secret.reveal(), "203.0.113.7")
    key_authenticator(context).admit(asked, ())
    assert not [name for name, _ in asked.get(NOTICE, ()) if name.startswith(b"ratelimit")]
    asyncio.run(context.usage.flush())
    # All but the first, and but the one that only asks beforehand.
    seen = store.restrictions.observed(alice, issued.key.id)
    assert {one.verdict for one in seen} == {Verdict.LIMITED}
    assert sum(one.requests for one in seen) == len(ways) - 1
    assert {one.used for one in store.limits.used(alice, issued.key.id)} == {len(ways)}
    assert store.why.explain(alice, issued.key.id).outcome == "answered"
    store.limits.set_key(alice, issued.key.id, limits(["1/1d"])).unwaited()
    assert refused(ways["read"]).code == "limited"


def test_a_tighter_limit_is_observed_beside_the_one_that_holds_and_both_count_alike(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    issued = own_house.create()
    store.limits.set_key(alice, issued.key.id, limits(["3/1d 1/1d?"])).unwaited()
    ask = asking(key_authenticator(context), issued.secret.reveal())
    for _ in range(3):
        assert ask() is not None
    assert refused(ask).code == "limited"
    asyncio.run(context.usage.flush())
    [seen] = store.restrictions.observed(alice, issued.key.id)
    assert (seen.verdict, seen.requests) == (Verdict.LIMITED, 2)
    used = {str(one.limit.window): one.used for one in store.limits.used(alice, issued.key.id)}
    assert used == {"1/1d?": 3, "3/1d": 3}


def test_an_assistant_is_refused_by_nothing_that_is_only_observed_and_who_it_would_be_is_seen(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    connection, pair = own_house.opened()
    calls = calling(context)
    store.limits.set_workspace(alice, limits(["2/1h?"])).unwaited()
    memory = context.memory
    for remembered in (None, memory, leased()):
        context.memory = remembered
        for _ in range(2):
            asked = request(pair.access.reveal(), "203.0.113.7", "/mcp")
            calls.admit(asked, ())
            assert not [name for name, _ in asked.get(NOTICE, ()) if name.startswith(b"ratelimit")]
    context.memory = memory
    asyncio.run(context.usage.flush())
    asyncio.run(context.connection_usage.flush())
    [seen] = store.connections.details(alice, connection.id).observed
    assert (seen.verdict, seen.address, seen.requests) == (Verdict.LIMITED, "203.0.113.7", 4)
    own_house.create()
    [used] = store.limits.used(alice, "Website")
    assert (used.used, used.limit.window.enforced) == (6, False)
    store.limits.set_workspace(alice, limits(["2/1h"])).unwaited()
    assert refused(asking(calls, pair.access.reveal())).code == "limited"
    # What was seen while it was observed is nobody's business once nothing is.
    assert store.connections.details(alice, connection.id).observed == ()


def test_a_rotation_resets_nothing_and_both_keys_share_what_is_left(
    own_house: House, context: WorkerContext
) -> None:
    old = own_house.create()
    own_house.store.limits.set_key(own_house.alice, old.key.id, TWICE).unwaited()
    keys = key_authenticator(context)
    asking(keys, old.secret.reveal())()
    rotated = own_house.store.rotations.rotate(own_house.alice, old.key.id).unwaited()
    assert rotated.successor.limits == TWICE
    asking(keys, rotated.secret.reveal())()
    for secret in (old.secret, rotated.secret):
        assert refused(asking(keys, secret.reveal())).code == "limited"


def test_what_is_remembered_follows_a_change_and_what_was_used_stays_used(
    own_house: House, context: WorkerContext
) -> None:
    issued = own_house.create()
    keys, secret = key_authenticator(context), issued.secret.reveal()
    set_key = own_house.store.limits.set_key
    ask = asking(keys, secret)
    ask()
    set_key(own_house.alice, issued.key.id, limits(["1/1m"])).unwaited()
    ask()
    assert refused(ask).code == "limited"
    set_key(own_house.alice, issued.key.id, limits(["2/1m"])).unwaited()
    ask()
    assert refused(ask).code == "limited"
    own_house.store.limits.set_workspace(own_house.alice, limits(["1/1m"])).unwaited()
    set_key(own_house.alice, issued.key.id, ()).unwaited()
    ask()
    assert "All keys of its workspace together" in refused(ask).detail
    own_house.store.limits.set_workspace(own_house.alice, ()).unwaited()
    ask()


def test_keys_of_one_owner_share_a_limit_and_an_assistant_that_of_its_workspace(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    one, other, else_s = (own_house.create(name) for name in ("One", "Other", "Else"))
    for key, owner in ((one, "customer_42"), (other, "customer_42"), (else_s, "customer_43")):
        store.belonging.set_owner(alice, key.key.id, owner).unwaited()
    store.limits.set_owner(alice, "customer_42", TWICE).unwaited()
    store.limits.set_workspace(alice, limits(["4/1m"])).unwaited()
    keys = key_authenticator(context)
    for key in (one, other):
        asked = request(key.secret.reveal(), None)
        keys.admit(asked, ())
        # What all the workspace has left is nobody's business before it refuses.
        assert dict(asked[NOTICE])[b"ratelimit-policy"] == b'"owner-minute";q=2;w=60'
    assert "All keys of its owner together" in refused(asking(keys, one.secret.reveal())).detail
    asking(keys, else_s.secret.reveal())()
    _, pair = own_house.opened()
    ask = asking(calling(context), pair.access.reveal())
    ask()
    problem = refused(ask)
    assert (problem.code, problem.status) == ("limited", 429)
    assert fields(problem)["ratelimit"].startswith('"workspace-minute";r=0;t=')
    assert not any(name == "www-authenticate" for name in fields(problem))
    asyncio.run(context.usage.flush())
    used = {one.limit.name: one.used for one in store.limits.used(alice, one.key.id)}
    assert used == {"owner-minute": 2, "workspace-minute": 4}


def verifying(context: WorkerContext, secret: str, query: str) -> Callable[[], object]:
    """Return a question to /verify."""
    route = VerifyRoute(key_authenticator(context))
    return lambda: route.get(request(secret, None) | {"query_string": query.encode()})


def test_a_request_may_cost_more_and_one_that_is_misunderstood_costs_nothing(
    own_house: House, context: WorkerContext
) -> None:
    issued = own_house.create()
    own_house.store.limits.set_key(own_house.alice, issued.key.id, limits(["10/1m"])).unwaited()
    secret = issued.secret.reveal()
    for wrong in ("cost=0", "cost=-1", "cost=1.5", "cost=1000001", "cost=", "cost=1&cost=2"):
        assert refused(verifying(context, secret, wrong)).status == 400
    assert refused(verifying(context, secret, "cost=5&scopes=x")).code == "invalid_request"
    verifying(context, secret, "cost=8")()
    never = refused(verifying(context, secret, "cost=11"))
    assert (never.code, "retry-after" in fields(never)) == ("limited", False)
    assert "it never may" in never.detail
    assert refused(verifying(context, secret, "cost=3")).code == "limited"
    verifying(context, secret, "cost=2")()
    assert refused(verifying(context, secret, "")).code == "limited"
