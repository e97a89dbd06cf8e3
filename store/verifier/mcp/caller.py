"""Who calls a tool: one request to the MCP server."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection
from starlette.types import Scope

from store.domain.credential import AccessToken, Credential
from store.verifier.authenticator import ORIGINAL, Authenticator
from store.verifier.sanitize import kept

T = TypeVar("T")

REQUEST_ID = "keydeck.request_id"
"""Where a request's scope keeps the id of its answer, where it has one before it is sent."""
CONNECTION = "keydeck.connection"
"""Where it keeps the connection, once that was let in."""
TOOL = "keydeck.tool"
"""Where it keeps the name of the tool that is called."""


class ToolCall:
    """One request to the MCP server, as a tool sees it."""

    def __init__(self, authenticator: Authenticator[AccessToken], scope: Scope) -> None:
        self._authenticator = authenticator
        self.scope = scope

    @property
    def connection(self) -> Credential:
        """Return the connection, as it was when the request was let in."""
        found: Credential = self.scope[CONNECTION]
        return found

    def calls(self, tool: str) -> None:
        """Say which tool it is that is called."""
        self.scope[TOOL] = tool

    def admit(self, needed: Sequence[str] = ()) -> Credential:
        """Return the connection, where it has these scopes. Raises Problem."""
        return self._authenticator.admit(self.scope, needed)

    def admit_to(self, method: str, path: str, needed: Sequence[str] | None) -> Credential:
        """Return the connection, where it may make a request to the admin's own API.

        `needed` are the scopes that the request's route takes, None where there is no route. It is
        counted, or told as refused, as that request. Raises Problem.
        """
        asked = {**self.scope, "method": method, "path": path, ORIGINAL: True}
        unrouted = kept(f"{method} {path}") if needed is None else None
        return self._authenticator.admit(asked, needed or (), None, unrouted)

    async def write(
        self, needed: Sequence[str], work: Callable[[Connection, Credential], T], /
    ) -> T:
        """Run `work` in a write transaction. Raises Problem or StoreBusy."""
        return await self._authenticator.write(self.scope, needed, work)

    def name_answer(self, request_id: bytes) -> None:
        """Let the answer be named by an id that a refusal or a defect was written down with."""
        self.scope[REQUEST_ID] = request_id
