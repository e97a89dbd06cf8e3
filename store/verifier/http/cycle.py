"""One request's way through ASGI: its body to the application, the answer back to the wire."""

import asyncio
import re
from typing import Protocol
from urllib.parse import unquote

import httptools
from starlette.types import Message, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from store.verifier.answers import lines
from store.verifier.http.framing import Framing, NoRequest

Client = tuple[str, int] | None

HIGH_WATER = 64 * 1024
"""Bytes of a body that wait for the application; with more of them the client has to wait."""

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# RFC 9110 5.1 and 5.5: what no name and no value may hold.
_NO_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_NO_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Wire(Protocol):
    """What a cycle needs of its connection."""

    def dated(self) -> bytes:
        """Return the headers that every answer of the server has."""

    def write(self, data: bytes) -> None:
        """Write what is never waited for."""

    async def writable(self) -> None:
        """Wait until the client has read enough of what was written."""

    def hold(self, *, back: bool) -> None:
        """Read no more of the body, or go on."""

    def answered(self, *, close: bool) -> None:
        """Note that the answer is complete, and that it said that the connection closes."""

    def give_up(self) -> None:
        """Close: what was written can be no whole answer any more."""


class Cycle:
    """One request and its answer."""

    def __init__(self, wire: Wire, framing: Framing, client: Client) -> None:
        """The head was read, and asks for what cannot be answered at once. Raises NoRequest."""
        try:
            target = httptools.parse_url(framing.target)
            path, query = target.path or b"/", target.query or b""
            self.scope = scope_of(framing, framing.method.decode("ascii"), path, query, client)
        except (httptools.HttpParserInvalidURLError, UnicodeDecodeError):
            raise NoRequest("syntax", "This is not an HTTP/1.1 request.") from None
        self.keeps_alive = framing.keeps_alive
        self.begun = False
        """Whether any of the answer was written."""
        self.done = False
        """Whether all of it was, or nobody waits for it any more."""
        self.status = 0
        self.request_id = b"-"
        self.sent = 0
        """Bytes of the answer's body, for the access log."""
        self._wire = wire
        self._expects = framing.version == "1.1" and any(
            expected.strip(b" \t").lower() == b"100-continue"
            for name, value in framing.headers
            if name == b"expect"
            for expected in value.split(b",")
        )
        """Whether the client waits for `100 Continue` before it sends its body."""
        self._body = bytearray()
        self._complete = False
        self._news = asyncio.Event()
        self._start: Message | None = None
        self._chunked = False
        self._left: int | None = None
        """Bytes that are missing of what Content-Length says."""

    def arrived(self, body: bytes, *, complete: bool) -> None:
        """Take more of the body, or all that was missing."""
        self._body += body
        self._complete = complete
        if body:
            self._expects = False
        if len(self._body) > HIGH_WATER:
            self._wire.hold(back=True)
        self._news.set()

    def leave(self) -> None:
        """Note that nobody waits for the answer any more."""
        self.done = True
        self._news.set()

    async def receive(self) -> Message:
        """Return the next part of the body, or that there is nobody."""
        if self._expects and not self._complete and not self.done:
            self._expects = False
            self._wire.write(_CONTINUE)
        if not self.done:
            self._wire.hold(back=False)
            await self._news.wait()
            self._news.clear()
        if self.done:
            return {"type": "http.disconnect"}
        body, self._body = bytes(self._body), bytearray()
        return {"type": "http.request", "body": body, "more_body": not self._complete}

    async def send(self, message: Message) -> None:
        """Write a part of the answer. Its head waits for what comes with it."""
        await self._wire.writable()
        if self.done:
            return
        if self._start is None:
            if message["type"] != "http.response.start":
                raise RuntimeError(f"an answer does not begin with {message['type']}")
            self._start = message
            return
        if message["type"] != "http.response.body":
            raise RuntimeError(f"an answer does not go on with {message['type']}")
        body, more = message.get("body", b""), message.get("more_body", False)
        head = b""
        if not self.begun:
            self.begun = True
            head = self._head(self._start)
        self._wire.write(head + self._framed(body, more=more))
        if not more:
            self.done = True
            self._news.set()
            if self._left:
                self._wire.give_up()
            else:
                self._wire.answered(close=not self.keeps_alive)

    def _head(self, start: Message) -> bytes:
        headers = [(name.lower(), value) for name, value in start.get("headers", ())]
        for name, value in headers:
            if _NO_NAME.search(name) or _NO_VALUE.search(value):
                raise RuntimeError("an answer has a header that is none")
        fields = dict(headers)
        framing = b""
        self.status = start["status"]
        self.request_id = fields.get(b"x-request-id", self.request_id)
        if b"content-length" in fields:
            self._left = int(fields[b"content-length"])
        elif self.scope["method"] != "HEAD" and start["status"] not in (204, 304):
            # Whoever speaks HTTP/1.0 reads until the connection ends (RFC 9112 6.3).
            self._chunked = self.scope["http_version"] == "1.1"
            self.keeps_alive &= self._chunked
            framing = b"transfer-encoding: chunked\r\n" if self._chunked else b""
        if self.scope["method"] == "HEAD":
            self._left = 0
        if not self._complete or b"close" in fields.get(b"connection", b"").lower():
            self.keeps_alive = False
        header_lines = lines((name, value) for name, value in headers if name != b"connection")
        return b"".join(
            (
                STATUS_LINE[start["status"]],
                self._wire.dated(),
                header_lines,
                framing,
                connection(self.scope["http_version"], keeps_alive=self.keeps_alive),
                b"\r\n",
            )
        )

    def _framed(self, body: bytes, *, more: bool) -> bytes:
        if self.scope["method"] == "HEAD":
            return b""
        self.sent += len(body)
        if self._chunked:
            framed = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
            return framed if more else framed + b"0\r\n\r\n"
        if self._left is not None:
            self._left -= len(body)
            if self._left < 0:
                raise RuntimeError("an answer is longer than it says")
        return body


def connection(version: str, *, keeps_alive: bool) -> bytes:
    """Return what an answer says of its connection (RFC 9112 9.3), nothing where it is usual."""
    if not keeps_alive:
        return b"connection: close\r\n"
    return b"" if version == "1.1" else b"connection: keep-alive\r\n"


def scope_of(framing: Framing, method: str, raw_path: bytes, query: bytes, client: Client) -> Scope:
    """Return a request as ASGI has it. Raises UnicodeDecodeError for a path that is not ASCII."""
    path = raw_path.decode("ascii")
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": framing.version,
        "method": method,
        "scheme": "http",
        "path": unquote(path) if "%" in path else path,
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": framing.headers,
        "client": client,
        "server": None,
    }
