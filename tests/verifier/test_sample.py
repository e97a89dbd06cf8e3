"""The sample API: there unless its operator takes it out, and then nowhere."""

import pytest
from sqlalchemy import update

from store.domain.scopes import OURS
from store.domain.times import DAY
from store.errors import NoSuchResource, ResourceInUse, ResourceRouted, ResourceTaken
from store.persistence.schema import settings
from store.verifier.api_keys import key_authenticator
from store.verifier.app import App
from store.verifier.context import WorkerContext
from store.verifier.endpoints import BASE, endpoints
from store.verifier.mcp.tools import tools
from store.verifier.own_tools import OwnTools
from store.verifier.requestable_scopes import RequestableScopes
from tests.house import House


@pytest.mark.both_engines
def test_taken_out_it_is_in_no_catalogue_no_address_no_tool_and_asked_for_by_nobody(
    own_house: House,
) -> None:
    operator = own_house.store.operator
    operator.set_sample(on=False)
    assert operator.resources() == []
    context = WorkerContext(own_house.url, pepper_path=own_house.pepper_path)
    try:
        assert {path for path in endpoints(context) if path.startswith(BASE)} == {
            f"{BASE}/{name}" for name in ("verify", "authorize", "leaks")
        }
        assert App(context).endpoint(f"{BASE}/events".encode()) is None
        assert tools(key_authenticator(context)) == {}
        requestable = RequestableScopes(
            OwnTools(context.lookup, context.memory), sample=context.sample
        )
        assert (requestable.all(), requestable.told()) == (frozenset(), "")
    finally:
        context.close()
    with pytest.raises(NoSuchResource, match="nor any other"):
        own_house.create("Website")
    assert [one.name for one in operator.set_sample(on=True)] == [one.name for one in OURS]
    context = WorkerContext(own_house.url, pepper_path=own_house.pepper_path)
    assert f"{BASE}/events" in endpoints(context)
    context.close()


def test_a_verifier_that_waits_for_its_operator_serves_what_the_catalogue_has(
    own_house: House,
) -> None:
    operator = own_house.store.operator
    with own_house.store.database.writing() as connection:
        connection.execute(update(settings).values(restored_at=own_house.clock.now()))
    for on in (False, True):
        operator.set_sample(on=on)
        context = WorkerContext(own_house.url, pepper_path=own_house.pepper_path)
        assert (f"{BASE}/events" in endpoints(context)) is on
        context.close()


def test_what_is_in_use_stays_and_doing_it_twice_is_doing_it_once(house: House) -> None:
    store, alice = house.store, house.alice
    key = house.create("Website").key
    with pytest.raises(ResourceInUse, match="Website"):
        store.operator.set_sample(on=False)
    store.keys.revoke(alice, key.id)
    store.routes.add("GET /thing", ["quotes:read"])
    with pytest.raises(ResourceRouted, match="GET /thing"):
        store.operator.set_sample(on=False)
    assert len(store.operator.resources()) == len(OURS)
    store.routes.remove("GET /thing")
    store.operator.set_sample(on=False)
    newest, revision = store.audit_trail.latest(alice), store.revision()
    store.operator.set_sample(on=False)
    assert (store.audit_trail.latest(alice), store.revision()) == (newest, revision)
    store.operator.add_resource("events", actions=["read", "cancel"])
    with pytest.raises(ResourceTaken):
        store.operator.set_sample(on=True)
    assert [one.name for one in store.operator.resources()] == ["events"]
    # What is called so is one's own, and stays when the sample is said to be out once more.
    assert [one.builtin for one in store.operator.set_sample(on=False)] == [False]
    house.clock.advance(DAY)
