"""The protocol over a store that cannot be read: a problem that has an id, and no path."""

import asyncio
import logging
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from store.domain.tools.reading import Choice, read_tools
from store.persistence.schema import tool_documents
from store.verifier.context import WorkerContext
from store.verifier.cross_origin import Origins
from store.verifier.mcp.endpoint import McpEndpoint
from store.verifier.own_tools import OwnTools
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls
from tests.house import House

UNAVAILABLE = "The store cannot be used at the moment. Try again."


async def asked(context: WorkerContext, token: str, method: str, **params: Any) -> httpx.Response:
    """Return the answer to one message."""
    own = OwnTools(context.lookup, context.memory)
    where = Urls(context.issuer)
    endpoint = McpEndpoint(context, where, Origins(context.issuer), own, RequestableScopes(own))
    transport = httpx.ASGITransport(endpoint, client=("203.0.113.7", 5))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="https://here.example") as one:
            return await one.post(
                "/mcp",
                json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
                headers={
                    "Accept": "application/json, text/event-stream",
                    "Authorization": f"Bearer {token}",
                    "MCP-Protocol-Version": "2025-06-18",
                },
            )
    finally:
        await endpoint.close()


@pytest.mark.parametrize("called", ["get_bills", None])
def test_tools_that_cannot_be_read_are_unavailable_by_an_id_and_without_a_path(
    own_house: House,
    context: WorkerContext,
    caplog: pytest.LogCaptureFixture,
    called: str | None,
) -> None:
    _, pair = own_house.opened()
    document = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": {"/bills": {"get": {}}}}
    own_house.store.tools.put(read_tools(document, Choice()), "http://127.0.0.1:9").unwaited()
    with own_house.store.database.writing() as connection:
        connection.execute(update(tool_documents).values(tools='[{"name": 7}]'))
    message: dict[str, Any] = {"method": "tools/list"}
    if called is not None:
        message = {"method": "tools/call", "name": called, "arguments": {}}
    with caplog.at_level(logging.WARNING, "keydeck.verifier"):
        answer = asyncio.run(asked(context, pair.access.reveal(), **message))
    request_id = answer.headers["x-request-id"]
    [line] = [one.getMessage() for one in caplog.records if one.name == "keydeck.verifier"]
    assert line.startswith(f"{request_id} ")
    assert own_house.store.database.place in line
    assert own_house.store.database.place not in answer.text
    if called is None:
        error = answer.json()["error"]
        assert (error["code"], error["message"]) == (-32603, UNAVAILABLE)
        assert error["data"] == {"code": "unavailable", "request_id": request_id}
    else:
        result = answer.json()["result"]
        assert (result["isError"], result["content"][0]["text"]) == (True, UNAVAILABLE)
