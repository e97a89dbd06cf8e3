"""A key that has not begun to work: refused on every path until the very instant, then let in."""

import asyncio
from collections.abc import Iterator

import pytest

from store.domain.key_string import mint
from store.domain.times import DAY
from store.service.keys import Issued, NewKey
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from store.verifier.problems import Problem
from tests.house import House, granted_scopes
from tests.verifier.test_networks import INSIDE, Ask, paths, request


def later(house: House, by: int) -> Issued:
    """Make a key that begins to work later."""
    at = house.clock.now() + by
    wanted = NewKey("Later", granted_scopes("availability:read"), None, not_before=at)
    return house.store.keys.create(house.alice, wanted)


def refused(ask: Ask) -> str:
    """Return what a request is refused with, empty where it is let in."""
    try:
        ask(INSIDE[0])
    except Problem as problem:
        return problem.code
    return ""


def test_it_works_from_its_very_instant_on_whatever_it_is_asked_by(
    own_house: House, context: WorkerContext
) -> None:
    issued, clock, store = later(own_house, DAY), own_house.clock, own_house.store
    secret, keys = issued.secret.reveal(), key_authenticator(context)

    def why() -> str:
        return store.why.explain(own_house.alice, issued.key.id).outcome

    asked = 0
    for name, ask in _remembering(context, own_house, issued):
        assert refused(ask) == "not_before", name
        clock.advance(DAY - 1)
        assert (refused(ask), why()) == ("not_before", "not_before"), name
        clock.advance(1)
        assert (refused(ask), why()) == ("", "answered"), name
        clock.advance(-DAY)
        asked += 1
    assert asked == 6
    asyncio.run(context.usage.flush())
    # It is told to the right secret alone, and no more than that there is a beginning.
    with pytest.raises(Problem) as told:
        keys.admit(request(secret, INSIDE[0]), ())
    assert told.value.status == 401
    assert b'error="invalid_token"' in dict(told.value.headers)[b"www-authenticate"]
    guessed = mint("jw", issued.key.id).key.reveal()
    assert refused(lambda address: keys.admit(request(guessed, address), ())) == "unknown"


def _remembering(context: WorkerContext, house: House, issued: Issued) -> Iterator[tuple[str, Ask]]:
    """Yield every way to decide about a key, its row remembered though it has not begun."""
    house.clock.advance(2 * DAY)
    for name, ask in paths(context, house, issued.key, issued.secret.reveal()):
        house.clock.advance(-2 * DAY)
        yield name, ask
        house.clock.advance(2 * DAY)
    house.clock.advance(-2 * DAY)


def test_what_is_remembered_of_it_is_forgotten_when_its_beginning_moves(
    own_house: House, context: WorkerContext
) -> None:
    issued, store, alice = later(own_house, DAY), own_house.store, own_house.alice
    keys, secret = key_authenticator(context), issued.secret.reveal()

    def ask(address: str | None) -> object:
        return keys.admit(request(secret, address), ())

    assert refused(ask) == "not_before"
    store.restrictions.begin_at(alice, issued.key.id, own_house.clock.now() + 9 * DAY).unwaited()
    own_house.clock.advance(DAY)
    assert refused(ask) == "not_before"
    store.restrictions.begin_at(alice, issued.key.id, None).unwaited()
    assert refused(ask) == ""
