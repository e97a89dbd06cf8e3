"""What an assistant can ask for: what a tool needs, of resources there are; nothing by hand."""

from store.domain.scopes import OURS, scope
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from store.verifier.endpoints import BASE, endpoints
from store.verifier.mcp.tools import tools
from store.verifier.requestable_scopes import REQUESTABLE
from store.verifier.resources.kinds import KINDS
from tests.house import House


def test_what_tools_need_can_be_asked_for_and_nothing_else(house: House) -> None:
    context = WorkerContext(house.url, pepper_path=house.pepper_path)
    try:
        offered = tools(key_authenticator(context)).values()
        assert {scope(text) for tool in offered for text in tool.needed} == REQUESTABLE
        assert {f"{BASE}/{kind.name}" for kind in KINDS} <= set(endpoints(context))
    finally:
        context.close()


def test_every_resource_of_ours_is_served_and_no_other() -> None:
    assert {one.resource for one in REQUESTABLE} == {resource.name for resource in OURS}


def test_no_two_collections_share_a_name_or_a_table_or_a_prefix() -> None:
    for told in ("name", "singular", "id_prefix", "table"):
        assert len({getattr(kind, told) for kind in KINDS}) == len(KINDS), told
