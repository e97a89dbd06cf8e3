"""Assistants that are pages or have a browser inside: which origins may call from there.

The Fetch standard (3.2) lets no page read an answer that does not name its origin. What programs
call without a cookie is open to all: it gives a page nothing that any program on the internet
cannot have. /mcp is open to this very machine and to whom the operator names, because a page that
rebound a name to this address must not reach it; and the page of an approval to nobody.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.domain.redirects import LOOPBACK_HOST
from store.domain.request_ids import RequestIds
from store.domain.verdicts import ANSWERED
from store.errors import Invalid

_LOOPBACK = rf"https?://(?:{LOOPBACK_HOST})(?::[0-9]{{1,5}})?"
_METHODS = ("GET", "POST", "DELETE")
_SENT = (
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
)
_READ = ("www-authenticate", "mcp-session-id", "retry-after", "x-request-id")
_REMEMBERED_S = 600


class Origins:
    """The origins from which /mcp may be called."""

    def __init__(self, own: str, allowed: Iterable[str] = ()) -> None:
        """`own` is the verifier's. Raises Invalid for one that is no origin (RFC 6454 6.2)."""
        self.named = (own, *(_checked(origin) for origin in allowed))

    def allow(self, origin: str) -> bool:
        """Return whether a page of that origin may call."""
        return origin in self.named or re.fullmatch(_LOOPBACK, origin, re.ASCII) is not None


class CrossOrigin:
    """Answers preflights for an address, and tells browsers who may read its answers."""

    def __init__(
        self, app: ASGIApp, request_ids: RequestIds, origins: Origins | None = None
    ) -> None:
        """Without `origins` it is everybody."""
        self._request_ids = request_ids
        self._app = CORSMiddleware(
            app,
            allow_origins=origins.named if origins else ("*",),
            allow_origin_regex=_LOOPBACK if origins else None,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            expose_headers=_READ,
            max_age=_REMEMBERED_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request as ASGI has it."""

        async def identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = (b"x-request-id", self._request_ids.make(ANSWERED))
                names = {name for name, _ in message["headers"]}
                if own[0] not in names:
                    more = [own, (b"cache-control", b"no-store")]
                    message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        await self._app(scope, receive, identified)


def _checked(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        _ = parts.port
        plain = f"{parts.scheme}://{parts.netloc}" == origin.lower() and "@" not in origin
        well = plain and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        well = False
    if not well:
        raise Invalid(
            "allow-origin", f"“{origin}” is no origin. Write one such as https://app.example.com."
        )
    return origin.lower()  # As browsers write it.
