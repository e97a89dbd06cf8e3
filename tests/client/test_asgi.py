"""WebSockets, and what is no request: told to the middleware as a server tells it."""

import asyncio
from typing import Any

import pytest

from store.client import AsgiMiddleware, Authorizer
from tests.verifier.serving import PATIENCE_S, Served


def spoken(served: Served, key: str, **more: Any) -> list[dict[str, Any]]:
    """Return what a server is told of a WebSocket with a key."""
    told: list[dict[str, Any]] = []
    authorizer = Authorizer(served.server.address, timeout_s=PATIENCE_S)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["keydeck"].key_id == key.split("_")[1]
        assert b"authorization" not in dict(scope["headers"])
        await send({"type": "websocket.accept"})

    async def run() -> None:
        scope = {"type": "websocket", "path": "/live", "query_string": b"", "client": None}
        headers = [(b"authorization", f"Bearer {key}".encode())]

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            told.append(dict(message))

        middleware = AsgiMiddleware(app, authorizer)
        await middleware({**scope, "headers": headers, **more}, receive, send)
        await authorizer.close_async()

    asyncio.run(run())
    return told


def test_a_websocket_is_let_in_by_a_key_and_else_closed_before_it_is_open(served: Served) -> None:
    key = served.key()
    assert spoken(served, key) == [{"type": "websocket.accept"}]
    (closed,) = spoken(served, key[:-1])
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)


def test_a_websocket_is_answered_with_all_that_is_said_where_the_server_can(served: Served) -> None:
    can: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}
    start, body = spoken(served, served.key()[:-1], **can)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert b"invalid_token" in dict(start["headers"])[b"www-authenticate"]
    assert b'"code":"malformed"' in body["body"]


def test_what_it_does_not_know_gets_nowhere(served: Served) -> None:
    with pytest.raises(RuntimeError, match="telnet"):
        spoken(served, "x", type="telnet")
