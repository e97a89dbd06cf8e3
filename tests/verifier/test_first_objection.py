"""Of all that restricts a credential the first in the documented order answers, on every path."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import product

import pytest

from store.domain.credential import AccessToken
from store.domain.key_networks import key_networks
from store.domain.limits import limits
from store.domain.people import Plan
from store.domain.stops import StopKind, Target
from store.domain.times import DAY
from store.domain.verdicts import ANSWERED, Verdict
from store.service.keys import Issued, NewKey
from store.verifier.api_keys import key_authenticator
from store.verifier.authenticator import AnyAuthenticator, Authenticator
from store.verifier.authorize_route import AuthorizeRoute
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from store.verifier.mcp.access_tokens import AccessTokens
from store.verifier.mcp.caller import CONNECTION, ToolCall
from store.verifier.own_tools import OwnTools
from store.verifier.problems import Problem
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls
from tests.house import House, granted_scopes
from tests.verifier.test_networks import leased, request

ELSEWHERE = "198.51.100.9"
NEEDED = ("events:write",)
BOTH = ("events:read", *NEEDED)
ONCE, OFTEN = limits(["1/1d"]), limits(["100/1d"])
RESTRICTED = key_networks(["203.0.113.0/24"], enforced=True)
IN_ORDER = ("not_before", "stopped", "plan", "network", "scope", "limited")
"""After revoked and expired, which nothing takes back; before bodies."""
OF_CONNECTIONS = ("stopped", "plan", "network", "route", "scope", "limited")
"""What can be in an assistant's way: it begins when somebody approves it."""

By = dict[str, bool]


def combinations(names: tuple[str, ...]) -> list[By]:
    """Return every way to be restricted by some of them."""
    ways = product((True, False), repeat=len(names))
    return [dict(zip(names, some, strict=True)) for some in ways]


def first(by: By) -> str:
    """Return what answers."""
    return next((name for name, restricts in by.items() if restricts), ANSWERED)


def restricted(house: House, context: WorkerContext, by: By, number: int) -> Issued:
    """Make a key that is restricted by some of them, and has been used once."""
    store, alice = house.store, house.alice
    wanted = NewKey(
        f"Key {number}",
        granted_scopes("events:read" if by["scope"] else " ".join(BOTH)),
        None,
        not_before=house.clock.now() + DAY if by["not_before"] else None,
        networks=RESTRICTED if by["network"] else None,
        limits=ONCE if by["limited"] else OFTEN,
    )
    issued = store.keys.create(alice, wanted)
    if by["stopped"]:
        store.stops.stop(alice, [Target(StopKind.KEY, issued.key.id)]).unwaited()
    row = context.lookup.key(issued.key.id)
    assert row is not None
    assert context.limits.take(row, 1, house.clock.now()).passed
    return issued


def answers(context: WorkerContext, house: House, issued: Issued) -> Iterator[tuple[str, str]]:
    """Yield what each path answers to a write from elsewhere, with its name."""
    keys, secret, memory = key_authenticator(context), issued.secret.reveal(), context.memory
    sent = request(secret, ELSEWHERE)
    passed_on = request(secret, "127.0.0.1", "/api/v1/authorize")
    passed_on["query_string"] = b"scope=events:write"
    passed_on["headers"] += [
        (b"x-forwarded-method", b"POST"),
        (b"x-forwarded-uri", b"/x"),
        (b"x-forwarded-for", ELSEWHERE.encode()),
    ]
    used = house.store.limits.used(house.alice, issued.key.id)
    address = "/api/v1/verify?scope=events:write"
    verdict = foresee(context, issued.key, "GET", address, ELSEWHERE, used).verdict
    yield "can", ANSWERED if verdict is Verdict.VALID else verdict.value
    context.memory = None
    yield "read", said(lambda: keys.admit(sent, NEEDED))
    yield "write", said(lambda: (keys.admit(sent, NEEDED), wrote(keys, secret)))
    yield "authorize", said(lambda: AuthorizeRoute(keys, context).judge(passed_on))
    for name, remembered in (("header", memory), ("lease", leased())):
        assert remembered is not None
        context.memory = remembered
        said(lambda: keys.check(sent))
        assert remembered.key(secret, house.store.prefix) is not None, name
        yield name, said(lambda: keys.admit(sent, NEEDED))
    context.memory = memory


def wrote(keys: AnyAuthenticator, secret: str) -> object:
    """Write by a credential, as the verdict is again in the transaction of the write."""
    sent = request(secret, ELSEWHERE)
    return asyncio.run(keys.write(sent, NEEDED, lambda connection, found: found))


def said(ask: Callable[[], object]) -> str:
    """Return what a request is answered."""
    try:
        ask()
    except Problem as problem:
        return problem.code
    return ANSWERED


def test_the_first_objection_answers_on_every_path_and_what_is_refused_uses_nothing(
    own_house: House, context: WorkerContext
) -> None:
    store, alice = own_house.store, own_house.alice
    ways = combinations(IN_ORDER)
    made = [restricted(own_house, context, by, number) for number, by in enumerate(ways)]
    asyncio.run(context.usage.flush())
    for plan in (Plan.PRO, Plan.FREE):
        store.operator.set_plan("acme-events", plan).unwaited()
        chosen = [
            (by, issued)
            for by, issued in zip(ways, made, strict=True)
            if by["plan"] is (plan is Plan.FREE)
        ]
        for by, issued in chosen:
            answered = list(answers(context, own_house, issued))
            assert len(answered) == 6
            for path, answer in answered:
                assert answer == first(by), (path, by)
            # Why looks at the key alone: from nowhere, for nothing.
            alone = first({**by, "network": False, "scope": False})
            assert store.why.explain(alice, issued.key.id).outcome == alone, by
        asyncio.run(context.usage.flush())
        for by, issued in chosen:
            [used] = store.limits.used(alice, issued.key.id)
            # One before, and one of each path that was let in; who asks beforehand uses none.
            assert used.used == (6 if first(by) == ANSWERED else 1), by


@pytest.fixture
def assistants(context: WorkerContext) -> Authenticator[AccessToken]:
    """What lets assistants in."""
    own = OwnTools(context.lookup, context.memory, ())
    tokens = AccessTokens(context, Urls(context.issuer), RequestableScopes(own))
    return Authenticator(context, tokens)


def answers_of_tools(
    context: WorkerContext, assistants: Authenticator[AccessToken], secret: str, *, route: bool
) -> Iterator[tuple[str, str]]:
    """Yield what each path answers to a call from elsewhere; `route` is whether none names it."""

    def call() -> object:
        sent = request(secret, ELSEWHERE, "/mcp")
        sent[CONNECTION] = assistants.check(sent)
        return ToolCall(assistants, sent).admit_to("POST", "/x", None if route else NEEDED)

    memory = context.memory
    for name, remembered in (("read", None), ("header", memory), ("lease", leased())):
        context.memory = remembered
        if remembered is not None:
            said(lambda: assistants.check(request(secret, ELSEWHERE)))
            assert remembered.token(secret) is not None, name
        yield name, said(call)
    context.memory = memory
    yield "write", said(lambda: (call(), wrote(assistants, secret)))


def test_the_first_objection_answers_an_assistant_on_every_path_alike(
    own_house: House, context: WorkerContext, assistants: Authenticator[AccessToken]
) -> None:
    store, alice = own_house.store, own_house.alice
    store.limits.set_workspace(alice, OFTEN).unwaited()
    opened = {}
    for network, scope in product((True, False), repeat=2):
        connection, pair = own_house.opened("events:read" if scope else " ".join(BOTH))
        if network:
            store.connections.set_networks(alice, connection.id, RESTRICTED).unwaited()
        opened[network, scope] = pair.access.reveal()
    assistants.admit(request(opened[False, False], ELSEWHERE), ())
    asked = 0
    for limited, stopped, plan in product((True, False), repeat=3):
        store.limits.set_workspace(alice, ONCE if limited else OFTEN).unwaited()
        if stopped:
            store.stops.stop(alice, [Target(StopKind.WORKSPACE, "")]).unwaited()
        store.operator.set_plan("acme-events", Plan.FREE if plan else Plan.PRO).unwaited()
        for network, route, scope in product((True, False), repeat=3):
            some = (stopped, plan, network, route, scope, limited)
            by = dict(zip(OF_CONNECTIONS, some, strict=True))
            secret = opened[network, scope]
            for path, answer in answers_of_tools(context, assistants, secret, route=route):
                assert answer == first(by), (path, by)
                asked += 1
        store.operator.set_plan("acme-events", Plan.PRO).unwaited()
        if stopped:
            store.stops.resume(alice, [Target(StopKind.WORKSPACE, "")])
    assert asked == 64 * 4
