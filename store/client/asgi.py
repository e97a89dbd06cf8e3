"""ASGI middleware: nothing behind it is reached by a request that no verifier let pass."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from store.client.answer import Refused, without_claims
from store.client.authorizer import Authorizer
from store.client.question import Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

IDENTITY = "keydeck"
"""Where the scope has the `Identity`."""
_POLICY_VIOLATION = 1008


class AsgiMiddleware:
    """Asks about each request and each WebSocket.

    The application sees no key, finds the `Identity` as `scope["keydeck"]` and the verifier's
    headers in the place of what anybody claims; its answer tells of the key's end and its limits.
    """

    def __init__(self, app: App, authorizer: Authorizer, scopes: Sequence[str] = ()) -> None:
        """Every request needs these scopes, or else what the store's routes say."""
        self._app = app
        self._authorizer = authorizer
        self._scopes = tuple(scopes)
        self._hidden = (b"authorization", *authorizer.key_headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection as ASGI has it."""
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                await self._authorizer.close_async()
            return
        if scope["type"] not in ("http", "websocket"):
            raise RuntimeError(f"keydeck does not know what to ask about {scope['type']}")
        try:
            identity = await self._authorizer.authorize_async(Request.of_asgi(scope), self._scopes)
        except Refused as refused:
            await _refuse(refused, scope, receive, send)
            return
        headers = [*without_claims(scope["headers"], self._hidden), *identity.headers]

        async def answer(message: Message) -> None:
            if identity.notices and message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                message = {**message, "headers": [*said, *identity.missing_in(said)]}
            await send(message)

        await self._app({**scope, "headers": headers, IDENTITY: identity}, receive, answer)


async def _refuse(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    kind = "http.response"
    if scope["type"] == "websocket":
        await receive()
        kind = "websocket.http.response"
        if kind not in scope.get("extensions", {}):
            # The server makes a 403 of it: it can say no more.
            await send(
                {"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refused.code}
            )
            return
    headers = list(refused.content_headers)
    await send({"type": f"{kind}.start", "status": refused.status, "headers": headers})
    body = b"" if scope.get("method") == "HEAD" else refused.body
    await send({"type": f"{kind}.body", "body": body})
