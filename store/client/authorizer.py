"""Asking a verifier: over connections that are kept, within a time, remembering nothing."""

import asyncio
import os
import ssl
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx2

from store.client.answer import Identity, Refused, answered
from store.client.question import Question, Request, question

MOST_BYTES = 64 * 1024
"""Of an answer; a verifier's are a few hundred."""
IDLE_S = 4.0
"""How long a connection is kept unused: a verifier closes it after five seconds."""
# The connection was closed just then, or the verifier started anew: nothing was answered.
_GONE = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError, httpx2.CloseError)


class Authorizer:
    """Asks one verifier. May be shared by threads and event loops, and survives a fork."""

    def __init__(
        self,
        url: str,
        *,
        key_headers: Sequence[str] = (),
        trusted: bool = False,
        timeout_s: float = 3.0,
        connect_timeout_s: float = 1.0,
        most_connections: int = 64,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`url` is where `keydeck serve` answers, such as `http://127.0.0.1:8080`.

        `key_headers` are those of `serve --key-header`. `trusted` says that the verifier was given
        this machine with `--trust-proxy`. An answer has `timeout_s` seconds, all in all, of which a
        new connection may take `connect_timeout_s`. `tls` is for certificates of one's own. Raises
        ValueError for another address.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("The verifier's address is written http://HOST:PORT.")
        if parts.query or parts.fragment:
            raise ValueError("The verifier's address has no query.")
        self.key_headers = tuple(name.lower().encode("ascii") for name in key_headers)
        """In lower case: where a key may stand beside Authorization."""
        self._url = httpx2.URL(f"{parts.scheme}://{parts.netloc}/")
        self._base = parts.path.rstrip("/").encode("ascii")
        self._trusted = trusted
        self._timeout_s = timeout_s
        self._timeouts = httpx2.Timeout(timeout_s, connect=connect_timeout_s).as_dict()
        self._limits = httpx2.Limits(
            max_connections=most_connections,
            max_keepalive_connections=most_connections,
            keepalive_expiry=IDLE_S,
        )
        self._tls: ssl.SSLContext | bool = tls or True
        if tls is None and parts.scheme == "http":
            # Reading every certificate there is takes longer than a thousand questions.
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._client: httpx2.Client | None = None
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = (
            WeakKeyDictionary()
        )

    def authorize(self, request: Request, scopes: Sequence[str] = ()) -> Identity:
        """Return whose key a request carries, if it may pass. Raises Refused.

        The key needs these scopes, or else what the store's routes say.
        """
        asked = self._question(request, scopes)
        until = time.monotonic() + self._timeout_s
        try:
            try:
                found = self._ask(asked, until)
            except _GONE:
                found = self._ask(asked, until)
        except (httpx2.HTTPError, httpx2.StreamError, OSError):
            raise Refused.unavailable() from None
        return answered(*found)

    async def authorize_async(self, request: Request, scopes: Sequence[str] = ()) -> Identity:
        """Do what `authorize` does on an event loop of asyncio's."""
        asked = self._question(request, scopes)
        try:
            async with asyncio.timeout(self._timeout_s):
                try:
                    found = await self._ask_async(asked)
                except _GONE:
                    found = await self._ask_async(asked)
        except (httpx2.HTTPError, httpx2.StreamError, OSError):
            raise Refused.unavailable() from None
        return answered(*found)

    def close(self) -> None:
        """Close the connections that threads use; the next question opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    async def close_async(self) -> None:
        """Close the connections of this event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _question(self, request: Request, scopes: Sequence[str]) -> Question:
        return question(request, scopes=scopes, key_headers=self.key_headers, trusted=self._trusted)

    def _ask(self, asked: Question, until: float) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        answer = self._threads().send(self._request(asked), stream=True)
        try:
            body = b""
            for part in answer.iter_raw():
                body += part
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise Refused.unavailable()
        finally:
            answer.close()
        return answer.status_code, answer.headers.raw, body

    async def _ask_async(self, asked: Question) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        answer = await self._loops().send(self._request(asked), stream=True)
        try:
            body = b""
            async for part in answer.aiter_raw():
                body += part
                if len(body) > MOST_BYTES:
                    raise Refused.unavailable()
        finally:
            await answer.aclose()
        return answer.status_code, answer.headers.raw, body

    def _request(self, asked: Question) -> httpx2.Request:
        # As the target: an address would be normalised, and another path judged than the one that
        # is served. It would also be logged, with whatever a client has written there.
        extensions = {"target": self._base + asked.target, "timeout": self._timeouts}
        return httpx2.Request(asked.method, self._url, headers=asked.headers, extensions=extensions)

    def _own(self) -> None:
        # After a fork two processes would read each other's answers from one connection.
        if self._pid != os.getpid():
            self._lock, self._client, self._clients = threading.Lock(), None, WeakKeyDictionary()
            self._pid = os.getpid()

    def _threads(self) -> httpx2.Client:
        self._own()
        with self._lock:
            if self._client is None:
                # Not through a proxy that the environment names: it would see every key.
                self._client = httpx2.Client(verify=self._tls, limits=self._limits, trust_env=False)
            return self._client

    def _loops(self) -> httpx2.AsyncClient:
        self._own()
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = httpx2.AsyncClient(verify=self._tls, limits=self._limits, trust_env=False)
            self._clients[loop] = client
        return client
