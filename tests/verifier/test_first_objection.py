"""Of all that a key is restricted by the first in the documented order answers, on every path."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import product

from store.domain.key_networks import key_networks
from store.domain.people import Plan
from store.domain.stops import StopKind, Target
from store.domain.times import DAY
from store.domain.verdicts import ANSWERED, Verdict
from store.service.keys import Issued, NewKey
from store.verifier.api_keys import key_authenticator
from store.verifier.authorize_route import AuthorizeRoute
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from store.verifier.problems import Problem
from tests.house import House, granted_scopes
from tests.verifier.test_networks import leased, request

ELSEWHERE = "198.51.100.9"
NEEDED = ("events:write",)
IN_ORDER = ("not_before", "stopped", "plan", "network", "scope")
"""After revoked and expired, which nothing takes back; before limits and bodies."""


def restricted(house: House, by: dict[str, bool], number: int) -> Issued:
    """Make a key that is restricted by some of them."""
    wanted = NewKey(
        f"Key {number}",
        granted_scopes("events:read" if by["scope"] else "events:read events:write"),
        None,
        not_before=house.clock.now() + DAY if by["not_before"] else None,
        networks=key_networks(["203.0.113.0/24"], enforced=True) if by["network"] else None,
    )
    issued = house.store.keys.create(house.alice, wanted)
    if by["stopped"]:
        stop = Target(StopKind.KEY, issued.key.id)
        house.store.stops.stop(house.alice, [stop]).unwaited()
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
    context.memory = None
    yield "read", said(lambda: keys.admit(sent, NEEDED))
    yield (
        "write",
        said(lambda: asyncio.run(keys.write(sent, NEEDED, lambda connection, key: key))),
    )
    yield "authorize", said(lambda: AuthorizeRoute(keys, context).judge(passed_on))
    for name, remembered in (("header", memory), ("lease", leased())):
        assert remembered is not None
        context.memory = remembered
        said(lambda: keys.admit(sent, ()))
        assert remembered.key(secret, house.store.prefix) is not None, name
        yield name, said(lambda: keys.admit(sent, NEEDED))
    context.memory = memory
    address = "/api/v1/verify?scope=events:write"
    verdict = foresee(context, issued.key, "GET", address, ELSEWHERE).verdict
    yield "can", ANSWERED if verdict is Verdict.VALID else verdict.value


def said(ask: Callable[[], object]) -> str:
    """Return what a request is answered."""
    try:
        ask()
    except Problem as problem:
        return problem.code
    return ANSWERED


def test_the_first_objection_answers_on_every_path(
    own_house: House, context: WorkerContext
) -> None:
    free = own_house.store.operator
    ways = [dict(zip(IN_ORDER, some, strict=True)) for some in product((True, False), repeat=5)]
    made = [restricted(own_house, by, number) for number, by in enumerate(ways)]
    for plan in (Plan.PRO, Plan.FREE):
        free.set_plan("acme-events", plan).unwaited()
        for by, issued in zip(ways, made, strict=True):
            if by["plan"] is not (plan is Plan.FREE):
                continue
            first = next((name for name in IN_ORDER if by[name]), ANSWERED)
            for path, answer in answers(context, own_house, issued):
                assert answer == first, (path, by)
            # Why looks at the key alone: from nowhere, for nothing.
            alone = first if first not in ("network", "scope") else ANSWERED
            outcome = own_house.store.why.explain(own_house.alice, issued.key.id).outcome
            assert outcome == alone, by
