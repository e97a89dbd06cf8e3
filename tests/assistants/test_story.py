"""The whole way with the protocol's own client: find, register, be approved, call, end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from pydantic import AnyUrl

from tests.assistants.walking import Walk, answered, walking
from tests.house import CALLBACK
from tests.verifier.serving import Served

pytestmark = [pytest.mark.anyio, pytest.mark.both_engines]


@dataclass
class Kept:
    """What an assistant remembers. Implements the SDK's TokenStorage."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None
    given: list[OAuthToken] = field(default_factory=list)

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens
        self.given.append(tokens)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def provider(
    base: str, kept: Kept, approve: Callable[[str], httpx.Response]
) -> OAuthClientProvider:
    """Return the SDK's way to tokens, with a person who approves at the address it opens."""
    answers: list[dict[str, str]] = []

    async def opened(address: str) -> None:
        answers.append(answered(approve(address)))

    async def came_back() -> AuthorizationCodeResult:
        answer = answers.pop()
        return AuthorizationCodeResult(
            code=answer["code"], state=answer["state"], iss=answer["iss"]
        )

    return OAuthClientProvider(
        f"{base}/mcp",
        OAuthClientMetadata(client_name="Claude", redirect_uris=[AnyUrl(CALLBACK)]),
        kept,
        opened,
        came_back,
    )


def by_hand(walk: Walk, scopes: str) -> Callable[[str], httpx.Response]:
    """Return a person who signs in on the page and ticks some scopes."""

    def approve(address: str) -> httpx.Response:
        walk.page = walk.browser.get(address).headers["Location"]
        assert "wants to be connected" in walk.look().text
        assert "What it may do" in walk.sign_in().text
        return walk.approve(scopes)

    return approve


@pytest.mark.parametrize("workers", ["own", "pair"])
async def test_the_protocols_own_client_is_approved_calls_and_is_refused_once_it_is_revoked(
    workers: str, request: pytest.FixtureRequest
) -> None:
    served: Served = request.getfixturevalue(workers)
    kept = Kept()
    with walking(served) as walk:
        auth = provider(walk.base, kept, by_hand(walk, "events:read events:write"))
        async with (
            create_mcp_http_client(auth=auth) as http,
            Client(streamable_http_client(f"{walk.base}/mcp", http_client=http)) as client,
        ):
            listed = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(listed) == {"list_events", "get_event", "create_event", "edit_event"}
            made = await client.call_tool(
                "create_event",
                {
                    "name": "Gala",
                    "starts_at": "2027-06-12T18:00:00Z",
                    "ends_at": "2027-06-13T01:00:00Z",
                },
            )
            event = structured(made)
            assert event["status"] == "option"
            edited = await client.call_tool(
                "edit_event", {"id": event["id"], "status": "confirmed"}
            )
            assert structured(edited)["status"] == "confirmed"
            page = structured(await client.call_tool("list_events", {"limit": 1}))
            assert page == {"data": [structured(edited)], "next": None}
            lacking = await client.call_tool("list_quotes", {})
            assert lacking.is_error
            assert "quotes:read" in lacking.content[0].text  # type: ignore[union-attr]
            [connection] = served.house.store.connections.all(served.house.alice)
            served.house.store.connections.revoke(served.house.alice, connection.id)
            token = kept.tokens
            assert token is not None
            assert walk.call(token.access_token).json()["code"] == "revoked"
    assert kept.client is not None
    assert kept.client.client_secret is None


def structured(result: Any) -> dict[str, Any]:
    """Return what a tool gave."""
    assert not result.is_error, result.content
    found: dict[str, Any] = result.structured_content
    return found


async def test_an_access_token_whose_hour_is_over_is_renewed_without_anybody(own: Served) -> None:
    kept = Kept()
    with walking(own) as walk:
        auth = provider(walk.base, kept, by_hand(walk, "availability:read"))
        async with (
            create_mcp_http_client(auth=auth) as http,
            Client(streamable_http_client(f"{walk.base}/mcp", http_client=http)) as client,
        ):
            await client.list_tools()
            auth.context.token_expiry_time = 1
            await client.list_tools()
    first, second = kept.given
    assert {first.access_token, first.refresh_token}.isdisjoint(
        {second.access_token, second.refresh_token}
    )
    assert second.scope == "availability:read"
