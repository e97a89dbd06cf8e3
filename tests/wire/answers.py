"""What came back on a connection, taken apart: answers in their order, and how it was left."""

import json
import re
from typing import Any, NamedTuple

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d) [^\r\n]*\r\n")
_NEXT = re.compile(rb"HTTP/1\.[01] \d\d\d ")
_OUR_IDS = re.compile(r"\b(ev|qu)_\w+")
# What an answer tells of itself that does not change from one to the next.
_TOLD = (
    b"allow",
    b"connection",
    b"content-type",
    b"location",
    b"www-authenticate",
    b"x-key-id",
    b"x-key-scopes",
)


class Answer(NamedTuple):
    """One answer, without what differs each time: ids, instants."""

    status: int
    told: tuple[tuple[str, str], ...]
    """Headers."""
    said: str
    """What its body comes to."""

    @property
    def last(self) -> bool:
        """Whether it says that the connection ends with it."""
        return ("connection", "close") in self.told

    def without(self, name: str, value: str) -> "Answer":
        """Return it without a header, where that has this value."""
        return self._replace(told=tuple(one for one in self.told if one != (name, value)))


class Unreadable(AssertionError):
    """What came back is no sequence of HTTP answers."""


def answers(stream: bytes) -> list[Answer]:
    """Return the answers that a connection brought. Raises Unreadable."""
    found = []
    while stream:
        matched = _STATUS.match(stream)
        head, ended, stream = stream.partition(b"\r\n\r\n")
        if matched is None or not ended:
            raise Unreadable(f"no answer: {head[:200]!r}")
        status = int(matched[1])
        headers: dict[bytes, bytes] = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() in headers:
                raise Unreadable(f"{name!r} twice: {head!r}")
            headers[name.lower()] = value.strip()
        body, stream = _body(status, headers, stream)
        told = tuple((n.decode(), _anonymous(headers[n].decode())) for n in _TOLD if n in headers)
        found.append(Answer(status, told, _said(body)))
    return found


def _body(status: int, headers: dict[bytes, bytes], stream: bytes) -> tuple[bytes, bytes]:
    # An answer to HEAD announces a body that does not come; none of ours begins as an answer does.
    if status < 200 or not stream or _NEXT.match(stream):
        return b"", stream
    if b"content-length" in headers:
        length = int(headers[b"content-length"])
        if len(stream) < length:
            raise Unreadable(f"a body of {length} bytes that ends after {stream!r}")
        return stream[:length], stream[length:]
    body = b""
    if headers.get(b"transfer-encoding") == b"chunked":
        while True:
            size, _, stream = stream.partition(b"\r\n")
            length = int(size, 16)
            body, stream = body + stream[:length], stream[length + 2 :]
            if not length:
                return body, stream
    return stream, b""


def _said(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    if "data" in content:
        # How much there is depends on what was tried before.
        return "a page"
    for name in ("request_id", "id"):
        content.pop(name, None)
    return _anonymous(json.dumps(content, sort_keys=True))


def _anonymous(text: str) -> str:
    return _OUR_IDS.sub(r"\1_", text)
