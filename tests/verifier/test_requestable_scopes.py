"""What an assistant can ask for: what a tool needs, of resources there are; nothing by hand."""

from collections.abc import Iterator

import pytest

from store.domain.scopes import OURS, scope
from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.tool import SAMPLE
from store.errors import StoreUnusable
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from store.verifier.endpoints import BASE, endpoints
from store.verifier.mcp.tools import tools
from store.verifier.own_tools import OwnTools
from store.verifier.requestable_scopes import OF_SAMPLE, RequestableScopes
from store.verifier.resources.kinds import KINDS
from tests.house import House

BILLS = {
    "openapi": "3.1.0",
    "info": {"title": "Bills"},
    "paths": {"/bills": {"get": {}}, "/bills/{id}": {"delete": {}}, "/health": {"get": {}}},
}


@pytest.fixture
def context(own_house: House) -> Iterator[WorkerContext]:
    made = WorkerContext(own_house.url, pepper_path=own_house.pepper_path)
    yield made
    made.close()


def test_what_tools_need_can_be_asked_for_and_nothing_else(house: House) -> None:
    context = WorkerContext(house.url, pepper_path=house.pepper_path)
    try:
        offered = tools(key_authenticator(context)).values()
        assert {scope(text) for tool in offered for text in tool.needed} == OF_SAMPLE
        assert {f"{BASE}/{kind.name}" for kind in KINDS} <= set(endpoints(context))
    finally:
        context.close()


def test_every_resource_of_ours_is_served_and_no_other() -> None:
    assert {one.resource for one in OF_SAMPLE} == {resource.name for resource in OURS}


def test_no_two_collections_share_a_name_or_a_table_or_a_prefix() -> None:
    for told in ("name", "singular", "id_prefix", "table"):
        assert len({getattr(kind, told) for kind in KINDS}) == len(KINDS), told


@pytest.mark.both_engines
def test_so_can_what_tools_of_an_api_of_ones_own_need_from_the_moment_they_are_there(
    own_house: House, context: WorkerContext
) -> None:
    store = own_house.store
    store.operator.add_resource("bills", actions=("read", "delete"))
    store.operator.add_resource("unused")
    requestable = RequestableScopes(OwnTools(context.lookup, context.memory), monotonic=lambda: 0.0)
    assert requestable.all() == OF_SAMPLE
    store.routes.add("GET /bills", ["bills:read"])
    store.routes.add("DELETE /bills/{number}", ["bills:delete"])
    store.routes.add("* /health", ["any"])
    store.routes.add("GET /elsewhere", ["unused:read"])
    assert requestable.all() == OF_SAMPLE
    store.tools.put(read_tools(BILLS, Choice()), "http://127.0.0.1:9").unwaited()
    added = requestable.all() - OF_SAMPLE
    assert {str(one) for one in added} == {"bills:read", "bills:delete"}
    assert requestable.known("bills:read offline_access") == {scope("bills:read")}
    assert requestable.known("unused:read") == requestable.all()
    store.routes.remove("DELETE /bills/{number}")
    assert scope("bills:delete") not in requestable.all()
    store.tools.remove("Bills").unwaited()
    assert requestable.all() == OF_SAMPLE


def test_whoever_asks_only_for_what_nobody_knows_asks_for_all_there_is(
    context: WorkerContext,
) -> None:
    requestable = RequestableScopes(OwnTools(context.lookup, context.memory))
    for asked in ("offline_access", "openid profile", "events:reed", "", "  "):
        assert requestable.known(asked) == OF_SAMPLE
    # Beside what is known it means nothing.
    assert requestable.known("openid events:read") == {scope("events:read")}


def test_whoever_has_no_token_is_told_what_was_known_while_the_store_cannot_be_read(
    own_house: House, context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    own = OwnTools(context.lookup, context.memory)
    requestable = RequestableScopes(own, monotonic=lambda: now[0])
    before = requestable.told()
    assert before.split() == sorted(map(str, OF_SAMPLE))

    def unusable() -> None:
        raise StoreUnusable

    monkeypatch.setattr(own, "offers", unusable)
    now[0] += 2.0
    assert requestable.told() == before


def test_no_tool_of_ones_own_is_called_as_one_of_the_samples(context: WorkerContext) -> None:
    assert set(tools(key_authenticator(context))) == SAMPLE
