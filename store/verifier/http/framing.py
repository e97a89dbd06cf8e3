"""Cutting what arrives on a connection into heads, bodies, and what is neither. No I/O.

httptools (llhttp) judges every byte and finds the fields; where a part ends is found here as well,
because llhttp does not say where it is. The two must agree to the byte, else the request is
refused. So no byte is read as something else on account of how it was cut into segments.

- *Head*: from the first byte that is no line end to the first empty line; `MAX_HEAD` bytes.
- *Body*: as many bytes as `Content-Length` says, or the data of the chunks.
- *Neither*: line ends before a head (RFC 9112 2.2), `MAX_EMPTY`; sizes, extensions and ends of
  chunks and the trailers, `MAX_AROUND` for each request.

What is never believed: trailers, which are judged and dropped (RFC 9110 6.5.1), and `Upgrade`,
which is ignored (RFC 9110 7.8). llhttp cannot be told the latter: where `Connection: Upgrade` and
any `Upgrade` stand in a head, httptools ends the message there and would read the body as the next
request. Then a parser of its own is given the same head without `Upgrade`. `CONNECT` ends at its
head in the same way; it is refused, and nothing behind it is read.

Stricter than llhttp: only HTTP/1.0 and 1.1, one `Host` that is one (RFC 9112 3.2; 1.0 may have
none), `MAX_FIELDS` headers, no transfer coding but `chunked`, and that in 1.1 alone (RFC 9112 6.1).
"""

import re
from enum import IntEnum
from typing import NoReturn

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from store.verifier.answers import lines
from store.verifier.query import MAX_ESCAPES, TOO_MANY_ESCAPES

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers."""
MAX_FIELDS = 128
"""Headers of a request: as objects the smallest take thirty times their bytes."""
MAX_EMPTY = 16
"""Bytes of line ends before a head."""
MAX_AROUND = 64 * 1024
"""Bytes of a chunked body that are not its data, trailers included."""
TURN = 16 * 1024
"""Bytes of a chunked body that are read in one go: small chunks are work."""

_HEAD_ENDS = b"\r\n\r\n"
_LINE_ENDS = b"\r\n"
_VERSIONS = (b" HTTP/1.1\r\n", b" HTTP/1.0\r\n")
# RFC 9110 7.2 and RFC 3986 3.2.2: a name or an address, and a port; or nothing.
_HOST = re.compile(
    rb"(?:[0-9A-Za-z._~!$&'()*+,;=%-]*|\[[0-9A-Za-z._~!$&'()*+,;=:-]+\])(?::[0-9]*)?"
)
_SPOKEN = "Only HTTP/1.1 and HTTP/1.0 are spoken here."


class NoRequest(Exception):
    """What arrived cannot be read as a request, or may not be. Holds none of it."""

    def __init__(self, reason: str, detail: str) -> None:
        """`reason` is a word for programs, `detail` a sentence for the client."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class MessagePart(IntEnum):
    """What the next byte belongs to."""

    BEFORE = 0
    HEAD = 1
    BODY = 2
    """Of a length that was announced."""
    SIZE = 3
    """Of a chunk."""
    CHUNK = 4
    """Its data, and the line end behind them."""
    TRAILERS = 5


class Framing:
    """Reads one connection. After `take`, `headed` and `complete` tell how far the request is."""

    def __init__(self) -> None:
        self.part = MessagePart.BEFORE
        self.headed = False
        """Whether the head was read."""
        self.complete = False
        """Whether the whole request was."""
        self.version = ""
        """`1.0` or `1.1`."""
        self.keeps_alive = False
        """Whether the client wants to go on afterwards (RFC 9112 9.3)."""
        self.target = b""
        self.headers: list[tuple[bytes, bytes]] = []
        """With lower-case names; never trailers."""
        self.body = bytearray()
        """What was read of the body; whoever takes it away empties it."""
        self._parser = self._fresh_parser()
        self._size = 0
        """Bytes of the head, or around the body."""
        self._tail = b""
        self._line = bytearray()
        """The request line, or that of a chunk's size or of a trailer, as far as it was read."""
        self._left = 0
        self._chunks = 0
        self._around = 0
        self._trailed = False
        """Whether the last request had trailers."""

    @property
    def method(self) -> bytes:
        """The method, once the head was read."""
        found: bytes = self._parser.get_method()
        return found

    def close(self) -> None:
        """Let go of the parser, which holds on to this."""
        del self._parser

    def take(self, data: bytes) -> bytes:
        """Read up to the end of a head or of a request, or all; return what was not read.

        Raises NoRequest; nothing may be read after it.
        """
        if self.part is MessagePart.BEFORE:
            return self._take_start(data)
        if self.part is MessagePart.HEAD:
            return self._take_head(data)
        if self.part is MessagePart.BODY:
            return self._take_body(data)
        return self._take_chunks(data)

    def _take_start(self, data: bytes) -> bytes:
        if self.complete:
            self.headed = self.complete = False
            self._around = 0
        if self._trailed:
            # llhttp believes them: behind `Connection: close` it takes nothing for a request.
            self._parser, self._trailed = self._fresh_parser(), False
        if data[0] in _LINE_ENDS:
            stripped = data.lstrip(_LINE_ENDS)
            self._around += len(data) - len(stripped)
            if self._around > MAX_EMPTY:
                raise NoRequest("syntax", "There are too many empty lines before a request.")
            if not stripped:
                return b""
            data = stripped
        self.part = MessagePart.HEAD
        self.target, self.headers = b"", []
        self._size, self._tail = 0, b""
        self._line = bytearray()
        return self._take_head(data)

    def _take_head(self, data: bytes) -> bytes:
        tail = self._tail
        found = (tail + data).find(_HEAD_ENDS) if tail else data.find(_HEAD_ENDS)
        ends = found + 4 - len(tail) if found >= 0 else len(data)
        self._size += ends
        if self._size > MAX_HEAD:
            raise NoRequest("head_too_large", f"A head may have {MAX_HEAD} bytes at most.")
        if not self._line.endswith(b"\n"):
            self._line += data[: data.find(b"\n", 0, ends) + 1 or ends]
        self._feed_head(data if ends == len(data) else data[:ends])
        self._check_fields()
        if found >= 0 and not self.headed:
            # llhttp would read on for it.
            raise NoRequest("http2", _SPOKEN)
        if found < 0:
            if self.headed:
                _astray()
            self._tail = (tail + data)[-3:]
            return b""
        self._begin_body()
        return data[ends:]

    def _feed_head(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self.method == b"CONNECT":
                raise NoRequest(
                    "connect", "Nothing is connected to here: this is no proxy."
                ) from None
            if upgrade.args[0] != len(data):
                _astray()
            self._check_fields()
            head = self._without_upgrade()
            self._parser = self._fresh_parser()
            self.target, self.headers = b"", []
            self.headed = self.complete = False
            self._feed(head)
        except HttpParserError:
            raise _syntax(self._size, data) from None

    def _check_fields(self) -> None:
        if len(self.headers) > MAX_FIELDS:
            raise NoRequest("head_too_large", f"A request may have {MAX_FIELDS} headers at most.")

    def _without_upgrade(self) -> bytes:
        kept = lines((name, value) for name, value in self.headers if name != b"upgrade")
        version = self._parser.get_http_version().encode("ascii")
        return b"%s %s HTTP/%s\r\n%s\r\n" % (self.method, self.target, version, kept)

    def _begin_body(self) -> None:
        self.version = version = self._parser.get_http_version()
        if not self._line.endswith(_VERSIONS):
            # Also RTSP/1.0 and ICE/1.0, which llhttp reads alike.
            raise NoRequest("version", _SPOKEN)
        self._line = bytearray()
        if b"#" in self.target:
            # RFC 9112 3.2: a target has no fragment. Cut off, it would take a query with it.
            raise NoRequest("fragment", "The address of a request has no #.")
        hosts = [value for name, value in self.headers if name == b"host"]
        least = 1 if version == "1.1" else 0
        if not least <= len(hosts) <= 1 or not all(map(_HOST.fullmatch, hosts)):
            raise NoRequest("host", "A request names one host, in one Host header.")
        if version == "1.0" and self.keeps_alive:
            # llhttp looks for `keep-alive` alone, and `close` goes first (RFC 9112 9.3).
            options = [value.lower() for name, value in self.headers if name == b"connection"]
            self.keeps_alive = not any(
                option.strip() == b"close" for value in options for option in value.split(b",")
            )
        if self.target.count(b"%") > MAX_ESCAPES:
            raise NoRequest("escapes", TOO_MANY_ESCAPES)
        if self.body:
            _astray()
        if self.complete:
            self.part = MessagePart.BEFORE
            return
        fields = dict(self.headers)
        length = fields.get(b"content-length")
        if length is not None:
            # llhttp has refused what is no number, several, and one beside a transfer coding.
            self.part, self._left = MessagePart.BODY, _number(length)
            return
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if [value.strip().lower() for value in codings] != [b"chunked"] or version == "1.0":
            raise NoRequest(
                "coding",
                "A body comes with Content-Length, or chunked in HTTP/1.1, and no other way.",
            )
        self.part, self._around = MessagePart.SIZE, 0

    def _take_body(self, data: bytes) -> bytes:
        piece, rest = data[: self._left], data[self._left :]
        self._left -= len(piece)
        self._feed(piece)
        if self.complete is not (self._left == 0):
            _astray()
        if self.complete:
            self.part = MessagePart.BEFORE
        return rest

    def _take_chunks(self, data: bytes) -> bytes:
        at, end = 0, min(len(data), TURN)
        while at < end and self.part is not MessagePart.BEFORE:
            if self.part is MessagePart.CHUNK:
                at = self._take_chunk(data, at, end)
            else:
                at = self._take_line(data, at, end)
            if self._around > MAX_AROUND:
                raise NoRequest(
                    "around_body",
                    f"Beside its data a chunked body may have {MAX_AROUND} bytes at most.",
                )
        return data[at:]

    def _take_chunk(self, data: bytes, at: int, end: int) -> int:
        piece = data[at : min(end, at + self._left)]
        self._left -= len(piece)
        self._feed(piece)
        if self._left == 0:
            self._around += len(_LINE_ENDS)
            self.part = MessagePart.SIZE
        return at + len(piece)

    def _take_line(self, data: bytes, at: int, end: int) -> int:
        ends = data.find(b"\n", at, end) + 1
        piece = data[at : ends or end]
        self._around += len(piece)
        self._line += piece
        before = self._chunks
        self._feed(piece)
        if ends:
            line, self._line = bytes(self._line), bytearray()
            self._end_line(line, self._chunks - before)
        elif self.complete or self._chunks != before:
            _astray()
        return at + len(piece)

    def _end_line(self, line: bytes, chunks: int) -> None:
        if self.part is MessagePart.TRAILERS:
            self._trailed |= line != _LINE_ENDS
            if self.complete is not (line == _LINE_ENDS):
                _astray()
            if self.complete:
                self.part = MessagePart.BEFORE
            return
        if chunks != 1 or self.complete:
            _astray()
        size = int(line.partition(b";")[0], 16)
        self._left = size + len(_LINE_ENDS)
        self.part = MessagePart.CHUNK if size else MessagePart.TRAILERS

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            raise NoRequest(
                "body", "The body of this request is not framed as HTTP/1.1 has it."
            ) from None

    def _fresh_parser(self) -> HttpRequestParser:
        return HttpRequestParser(self)

    # What httptools calls.

    def on_url(self, part: bytes) -> None:
        """Take a part of the target; of a second request it would be one too many."""
        if self.headed:
            _astray()
        self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, without the blanks behind it (RFC 9112 5.1); drop a trailer."""
        if not self.headed and len(self.headers) <= MAX_FIELDS:
            self.headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self.headed = True
        # llhttp forgets it with the end of the request.
        self.keeps_alive = self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self.body += data

    def on_chunk_header(self) -> None:
        """A chunk's size was read."""
        self._chunks += 1

    def on_message_complete(self) -> None:
        """The request has ended."""
        self.complete = True


def _number(digits: bytes) -> int:
    # Of thousands of digits Python makes no number, and zeros may stand before one.
    return int(digits.lstrip(b"0") or b"0")


def _astray() -> NoReturn:
    raise NoRequest("framing", "It is not clear where this request ends.")


def _syntax(size: int, data: bytes) -> NoRequest:
    if size == len(data) and data[:1] == b"\x16":
        return NoRequest("tls", "This port speaks HTTP without TLS.")
    return NoRequest("syntax", "This is not an HTTP/1.1 request.")
