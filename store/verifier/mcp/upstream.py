"""Calling the admin's own API: where the operator said, as the key that calls, and no further.

Nothing of an assistant's own request goes along but what the tool's arguments became. Redirects are
not followed and cookies are not kept: an answer may not send a call elsewhere, nor one assistant's
session to another.
"""

import asyncio
import ssl
from collections.abc import Iterable
from importlib.metadata import version
from typing import NamedTuple

import httpx2

from store.domain.tools.calling import Request

MOST_READ = 1024 * 1024
"""Bytes that are read of an answer."""
TIMEOUT_S = 30.0
"""All in all; clients of the protocol wait for a minute."""
CONNECT_S = 5.0
_MOST_CONNECTIONS = 64
_IDLE_S = 4.0
"""Servers close a connection that nobody uses after five seconds or more."""
_AGENT = f"keydeck/{version('keydeck')}".encode("ascii")

Headers = Iterable[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """What an API answered."""

    status: int
    headers: dict[str, str]
    """By name in lower case; several of one name are one, with commas between (RFC 9110 5.3)."""
    body: bytes
    whole: bool
    """Whether that is all of it."""


class Unanswered(Exception):
    """Nothing came back."""

    def __init__(self, why: str, *, sent: bool) -> None:
        """`sent` says whether the request may have reached the API all the same."""
        super().__init__(why)
        self.why, self.sent = why, sent


class Upstream:
    """Connections to the admin's own API. One worker's, used by its loop alone."""

    def __init__(self) -> None:
        self._transports: dict[str, httpx2.AsyncHTTPTransport] = {}

    async def call(self, origin: str, request: Request, identity: Headers) -> Answer:
        """Make a request and return its answer, as much of it as is borne. Raises Unanswered."""
        asked = _request(origin, request, identity)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._answer(origin, asked)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            crowded = isinstance(error, httpx2.PoolTimeout)
            why = "has too many calls of assistants at once" if crowded else "cannot be reached"
            raise Unanswered(why, sent=False) from None
        except (TimeoutError, httpx2.TimeoutException):
            why = f"did not answer within {TIMEOUT_S:.0f} seconds"
            raise Unanswered(why, sent=True) from None
        except (httpx2.HTTPError, httpx2.StreamError, OSError):
            raise Unanswered("broke its answer off", sent=True) from None

    async def close(self) -> None:
        """Close every connection."""
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()

    async def _answer(self, origin: str, asked: httpx2.Request) -> Answer:
        answer = await self._transport(origin).handle_async_request(asked)
        try:
            body = bytearray()
            whole = True
            async for part in answer.aiter_raw():
                body += part
                if len(body) > MOST_READ:
                    whole = False
                    break
        finally:
            await answer.aclose()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, bytes(body[:MOST_READ]), whole)

    def _transport(self, origin: str) -> httpx2.AsyncHTTPTransport:
        found = self._transports.get(origin)
        if found is None:
            # Neither a proxy that the environment names, nor its certificates for what has none.
            tls: ssl.SSLContext | bool = True
            if origin.startswith("http://"):
                tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            found = httpx2.AsyncHTTPTransport(
                verify=tls,
                trust_env=False,
                limits=httpx2.Limits(
                    max_connections=_MOST_CONNECTIONS,
                    max_keepalive_connections=_MOST_CONNECTIONS,
                    keepalive_expiry=_IDLE_S,
                ),
            )
            self._transports[origin] = found
        return found


def _request(origin: str, request: Request, identity: Headers) -> httpx2.Request:
    url = httpx2.URL(f"{origin}/")
    headers = [
        (b"host", url.netloc),
        (b"user-agent", _AGENT),
        (b"accept", b"application/json, text/*;q=0.9, */*;q=0.5"),
        # What is packed could be a thousand times as large.
        (b"accept-encoding", b"identity"),
        *((name.encode("ascii"), value.encode("ascii")) for name, value in request.headers),
        *identity,
    ]
    if request.body is not None and request.media_type is not None:
        headers.append((b"content-type", request.media_type.encode("ascii")))
        headers.append((b"content-length", str(len(request.body)).encode("ascii")))
    elif request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", b"0"))
    # As the target: an address would be normalised, and another path called than was judged.
    target = f"{request.path}?{request.query}" if request.query else request.path
    timeouts = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S, pool=CONNECT_S).as_dict()
    return httpx2.Request(
        request.method,
        url,
        headers=headers,
        content=request.body,
        extensions={"target": target.encode("ascii"), "timeout": timeouts},
    )
