"""What a route answers, and how it goes onto the wire."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

Headers = tuple[tuple[bytes, bytes], ...]

NOTICE = "keydeck.notice"
"""Where a request's scope keeps headers about the key it was let in with, for whatever answers."""

CREDENTIAL = "keydeck.credential"
"""Where a request's scope keeps the id of what proved right, for the access log."""
ORIGINAL_REQUEST = "keydeck.original_request"
"""Where it keeps what a proxy asks about, `GET /path`, for the access log."""

_JSON = b"application/json"
_encode = msgspec.json.Encoder().encode


class Answer(NamedTuple):
    """A status, the headers of this answer alone (with Content-Type and -Length), a body."""

    status: int
    headers: Headers
    body: bytes
    head: bytes
    """Status line and headers as HTTP/1.1 writes them, without the empty line that ends a head."""


def answer(
    status: int, body: bytes, content_type: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> Answer:
    """Return an answer whose Content-Type and Content-Length fit its body."""
    length = str(len(body)).encode("ascii")
    described = ((b"content-type", content_type), (b"content-length", length), *headers)
    return Answer(status, described, body, STATUS_LINE[status] + lines(described))


def bare_answer(headers: Iterable[tuple[bytes, bytes]]) -> Answer:
    """Return a 200 without content."""
    described = ((b"content-length", b"0"), *headers)
    return Answer(200, described, b"", STATUS_LINE[200] + lines(described))


def json_answer(
    content: Any,
    status: int = 200,
    headers: Iterable[tuple[bytes, bytes]] = (),
    content_type: bytes = _JSON,
) -> Answer:
    """Return an answer with a JSON body, which ends its line: a terminal's prompt follows it."""
    return answer(status, _encode(content) + b"\n", content_type, headers)


def found_at(location: str) -> Answer:
    """Return a 302 to an address, which may be relative (RFC 9110 10.2.2, 15.4.3)."""
    described = ((b"content-length", b"0"), (b"location", location.encode("ascii")))
    return Answer(302, described, b"", STATUS_LINE[302] + lines(described))


def not_modified(headers: Iterable[tuple[bytes, bytes]]) -> Answer:
    """Return a 304, which has no content and says nothing of its length (RFC 9110 15.4.5)."""
    given = tuple(headers)
    return Answer(304, given, b"", STATUS_LINE[304] + lines(given))


def header_value(text: str) -> bytes:
    """Return a text as a header value: ASCII as it is, else percent-encoded UTF-8.

    A text that holds a `%` is encoded too, so that decoding always gives back what was meant, and
    one with a control character, so that no header can be smuggled in.
    """
    if text.isascii() and text.isprintable() and "%" not in text:
        return text.encode("ascii")
    return quote(text, safe="").encode("ascii")


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as HTTP/1.1 writes them."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


async def send_answer(send: Send, given: Answer, request_id: bytes, notice: Headers = ()) -> None:
    """Send an answer as ASGI messages, with the headers every answer has, and a key's notice."""
    await send(
        {
            "type": "http.response.start",
            "status": given.status,
            "headers": [
                *given.headers,
                *notice,
                (b"x-request-id", request_id),
                (b"cache-control", b"no-store"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": given.body})
