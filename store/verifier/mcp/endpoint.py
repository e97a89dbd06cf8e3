"""The address /mcp: who is let in, before the protocol has a word in it."""

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Scope, Send

from store.domain.credential import AccessToken
from store.domain.verdicts import ANSWERED
from store.verifier.answers import send_answer
from store.verifier.authenticator import Authenticator
from store.verifier.body import read_body
from store.verifier.context import WorkerContext
from store.verifier.cross_origin import Origins
from store.verifier.endpoint import Gone, instead
from store.verifier.mcp.access_tokens import AccessTokens
from store.verifier.mcp.caller import CONNECTION, REQUEST_ID
from store.verifier.mcp.versions import check_version
from store.verifier.own_tools import OwnTools
from store.verifier.problems import Problem, method_not_allowed, unavailable
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import MCP, Urls

if TYPE_CHECKING:
    from store.verifier.mcp.server import McpServer


class McpEndpoint:
    """Answers POST, where all of the protocol goes without sessions."""

    def __init__(
        self,
        context: WorkerContext,
        where: Urls,
        origins: Origins,
        own: OwnTools,
        requestable: RequestableScopes,
    ) -> None:
        self._context = context
        self._origins = origins
        tokens = AccessTokens(context, where, requestable)
        self._own = own
        self._authenticator: Authenticator[AccessToken] = Authenticator(context, tokens)
        self._protocol: McpServer | None = None
        self._route = context.counters.route(MCP)
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request as ASGI has it."""
        began, status = time.perf_counter_ns(), 0

        async def passed_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = scope.get(REQUEST_ID) or self._context.request_ids.make(ANSWERED)
                headers = [
                    *((name, value) for name, value in message["headers"] if name != b"server"),
                    (b"x-request-id", request_id),
                    (b"cache-control", b"no-store"),
                ]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._answer(scope, receive, passed_on)
        except Gone:
            return
        except (Exception, asyncio.CancelledError) as error:
            # Cancelled: the server ends and has waited long enough.
            raised = error if isinstance(error, Exception) else unavailable()
            answer, request_id = instead(raised, self._context.request_ids)
            if not status:
                status = answer.status
                await send_answer(send, answer, request_id)
        self._context.counters.answered(status, time.perf_counter_ns() - began, self._route)

    async def close(self) -> None:
        """End what still runs."""
        if self._protocol is not None:
            await self._protocol.close()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._check_origin(scope)
        if scope["method"] != "POST":
            if not any(name == b"authorization" for name, _ in scope["headers"]):
                # Some ask with GET first, to be told where to begin.
                self._authenticator.check(scope)
            raise method_not_allowed(["POST"])
        scope[CONNECTION] = self._authenticator.check(scope)
        body = await read_body(scope, receive)
        check_version(scope, body)
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        protocol = self._protocol or await self._load()
        await protocol.answer(scope, replay, send)

    async def _load(self) -> "McpServer":
        async with self._loading:
            if self._protocol is None:
                # In a thread: requests with keys go on being answered meanwhile.
                server = await asyncio.to_thread(_imported)
                self._protocol = server(self._authenticator, self._own)
            return self._protocol

    def _check_origin(self, scope: Scope) -> None:
        # The protocol asks for it: a page that rebound a name to this address is not our page.
        for name, value in scope["headers"]:
            if name == b"origin" and not self._origins.allow(value.decode("latin-1")):
                raise Problem(
                    "forbidden",
                    "Pages of this origin are not answered here. `keydeck serve --allow-origin` "
                    "names those that are.",
                    outcome="invalid_request",
                )


def _imported() -> "type[McpServer]":
    from store.verifier.mcp.server import McpServer

    return McpServer
