"""Networks of keys and connections: the same on every path, and only counted where observed."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from store.domain.key_networks import key_networks
from store.domain.keys import Key
from store.domain.leases.holding import Holding
from store.domain.verdicts import Verdict
from store.verifier.api_keys import key_authenticator
from store.verifier.authenticator import AnyAuthenticator, Authenticator
from store.verifier.authorize_route import AuthorizeRoute
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from store.verifier.mcp.access_tokens import AccessTokens
from store.verifier.memory import Kept, Memory
from store.verifier.own_tools import OwnTools
from store.verifier.problems import Problem
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls
from tests.house import House

RANGES = ("203.0.113.0/24", "2001:db8::/48")
INSIDE = ("203.0.113.7", "::ffff:203.0.113.7", "2001:db8::5")
OUTSIDE = ("198.51.100.9", "::ffff:198.51.100.9", "2001:db9::5", "unknown", None)

Ask = Callable[[str | None], object]


def request(secret: str, address: str | None, path: str = "/api/v1/verify") -> dict[str, Any]:
    """Return a request that a client of an address sent."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {secret}".encode()), (b"user-agent", b"batch/1")],
        "client": None if address is None else (address, 40000),
    }


def leased() -> Memory:
    """Return a memory under a lease that runs."""
    holding = Holding[Kept](10.0, lambda: 0.0)
    holding.apply(1, (), "timeline")
    holding.granted(holding.asks(), "timeline")
    return Memory(holding)


def admitting(keys: AnyAuthenticator, secret: str) -> Ask:
    """Return a read by a key or an access token."""
    return lambda address: keys.admit(request(secret, address), ())


def writing(keys: AnyAuthenticator, secret: str) -> Ask:
    """Return a write, decided in its own transaction."""
    return lambda address: asyncio.run(
        keys.write(request(secret, address), (), lambda connection, key: key)
    )


def through_a_proxy(context: WorkerContext, secret: str) -> Ask:
    """Return a question of the named proxy, which says who its client is."""
    route = AuthorizeRoute(key_authenticator(context), context)

    def ask(address: str | None) -> object:
        sent = request(secret, "127.0.0.1", "/api/v1/authorize")
        told = {
            "x-forwarded-method": "GET",
            "x-forwarded-uri": "/invoices/7",
            "x-forwarded-for": address or "unknown",
        }
        sent["headers"] += [(name.encode(), value.encode()) for name, value in told.items()]
        return route.judge(sent)

    return ask


def paths(context: WorkerContext, house: House, key: Key, secret: str) -> Iterator[tuple[str, Ask]]:
    """Yield every way in which a key is decided about."""
    keys, memory = key_authenticator(context), context.memory
    context.memory = None
    yield "read", admitting(keys, secret)
    yield "write", writing(keys, secret)
    yield "authorize", through_a_proxy(context, secret)
    for name, remembered in (("header", memory), ("lease", leased())):
        assert remembered is not None
        context.memory = remembered
        keys.admit(request(secret, INSIDE[0]), ())
        assert remembered.key(secret, house.store.prefix) is not None
        yield name, admitting(keys, secret)

    def foreseen(address: str | None) -> object:
        found = foresee(context, key, "GET", "/api/v1/verify", address or "unknown")
        if found.verdict is not Verdict.VALID:
            raise Problem(found.verdict.value, "")
        return found

    yield "can", foreseen


def check(name: str, ask: Ask, *, enforced: bool) -> None:
    """Ask from inside and outside."""
    for one in INSIDE:
        assert ask(one) is not None, name
    for address in OUTSIDE:
        if not enforced:
            assert ask(address) is not None, name
            continue
        with pytest.raises(Problem) as refused:
            ask(address)
        assert (refused.value.code, refused.value.status) == ("network", 403), (name, address)
        assert not any(header == b"www-authenticate" for header, _ in refused.value.headers)


@pytest.mark.parametrize("enforced", [True, False])
def test_a_key_is_used_from_its_networks_on_every_path(
    own_house: House, context: WorkerContext, enforced: bool
) -> None:
    issued = own_house.create()
    networks = key_networks(RANGES, enforced=enforced)
    own_house.store.restrictions.set_networks(own_house.alice, issued.key.id, networks).unwaited()
    secret = issued.secret.reveal()
    asked = 0
    for name, ask in paths(context, own_house, issued.key, secret):
        check(name, ask, enforced=enforced)
        asked += 1
    assert asked == 6
    asyncio.run(context.usage.flush())
    found = own_house.store.restrictions.observed(own_house.alice, issued.key.id)
    details = own_house.store.keys.details(own_house.alice, issued.key.id)
    if enforced:
        assert found == ()
        # Once it has begun, a write is not counted a second time where it is let in.
        assert details.traffic.by_verdict[Verdict.NETWORK] == len(OUTSIDE) * 5
        assert {refusal.address for refusal in details.usage.refusals} >= {"198.51.100.9", None}
        return
    assert details.observed == found
    assert Verdict.NETWORK not in details.traffic.by_verdict
    counted = {(one.address, one.path): one.requests for one in found}
    # Read, header and lease; what is let in of a write was counted before it began.
    assert counted["2001:db9::5", "/api/v1/verify"] == 3
    assert counted["198.51.100.9", "/invoices/7"] == 2
    assert {one.user_agent for one in found} == {"batch/1"}


@pytest.mark.parametrize("enforced", [True, False])
def test_a_connection_is_used_from_its_networks(
    own_house: House, context: WorkerContext, enforced: bool
) -> None:
    connection, pair = own_house.opened()
    networks = key_networks(RANGES, enforced=enforced)
    own_house.store.connections.set_networks(own_house.alice, connection.id, networks).unwaited()
    where, own = Urls(context.issuer), OwnTools(context.lookup, context.memory, ())
    tokens = AccessTokens(context, where, RequestableScopes(own))
    calls = Authenticator(context, tokens)
    secret, memory = pair.access.reveal(), context.memory
    for name, remembered in (("read", None), ("memory", memory), ("lease", leased())):
        context.memory = remembered
        admitting(calls, secret)(INSIDE[0])
        assert remembered is None or remembered.token(secret) is not None
        check(name, admitting(calls, secret), enforced=enforced)
    check("write", writing(calls, secret), enforced=enforced)


def test_only_the_right_secret_is_told_of_the_network(
    own_house: House, context: WorkerContext
) -> None:
    issued = own_house.create()
    networks = key_networks(RANGES, enforced=True)
    own_house.store.restrictions.set_networks(own_house.alice, issued.key.id, networks).unwaited()
    from store.domain.key_string import mint

    guessed = mint("jw", issued.key.id).key.reveal()
    keys = key_authenticator(context)
    for secret, code in ((guessed, "unknown"), (issued.secret.reveal(), "network")):
        with pytest.raises(Problem) as refused:
            keys.admit(request(secret, "198.51.100.9"), ())
        assert refused.value.code == code


def test_what_is_remembered_is_forgotten_when_the_networks_change(
    own_house: House, context: WorkerContext
) -> None:
    issued = own_house.create()
    keys, secret = key_authenticator(context), issued.secret.reveal()
    assert keys.admit(request(secret, "198.51.100.9"), ())
    networks = key_networks(RANGES, enforced=True)
    own_house.store.restrictions.set_networks(own_house.alice, issued.key.id, networks).unwaited()
    with pytest.raises(Problem):
        keys.admit(request(secret, "198.51.100.9"), ())
    own_house.store.restrictions.set_networks(own_house.alice, issued.key.id, None).unwaited()
    assert keys.admit(request(secret, "198.51.100.9"), ())
