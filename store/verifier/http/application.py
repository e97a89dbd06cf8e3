"""What the protocol asks of the application behind it, beside ASGI."""

from typing import Protocol

from starlette.types import Receive, Scope, Send

from store.domain.request_ids import RequestIds
from store.verifier.access_log import AccessLog
from store.verifier.counters import Counters
from store.verifier.endpoint import Endpoint
from store.verifier.http.connections import OpenConnections
from store.verifier.http.rejections import Rejections


class Application(Protocol):
    """An ASGI application that counts its connections and what is refused before it."""

    counters: Counters
    request_ids: RequestIds
    rejections: Rejections
    connections: OpenConnections
    access_log: AccessLog | None

    def endpoint(self, path: bytes) -> Endpoint | None:
        """Return what answers at a path as it was sent, None where a router has to find out."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        ...
