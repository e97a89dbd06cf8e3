"""Requests such as they come and such as no client sends, as Hypothesis strategies."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from tests.wire.requests import Ending, Request, Script
from tests.wire.side import STANDING
from tests.wire.stand import Keys

T = TypeVar("T")
Draw = st.DrawFn

FORGED = "203.0.113.66"
"""An address that is only ever said where nobody may be believed."""

_MOST_REQUESTS = 4
_ODD_METHODS = (
    *(b"HEAD", b"OPTIONS", b"CONNECT", b"PUT", b"DELETE", b"TRACE", b"PROPFIND", b"PRI", b"SOURCE"),
    *(b"get", b"Post", b"GETT", b"M-SEARCH", b"QUERY", b"X", b"G@T", b"G\x00T", b"\xc3\xa9", b""),
)
_TARGETS = (b"/healthz", b"/api/v1/verify", b"/api/v1/events")
_ODD_TARGETS = (
    b"/api/v1/verify?scope=events:write",
    b"/api/v1/events/nothing",
    b"/api/v1/availability",
    b"/nowhere",
    b"/%68ealthz",
    b"/healthz?a=b&c",
    b"/healthz#part",
    b"//healthz",
    b"/./healthz",
    b"http://x/healthz",
    b"http://other.example:80/api/v1/verify?scope=events:read",
    b"HTTP://x/api/v1/events",
    b"https://x",
    b"x:443",
    b"x",
    b"*",
    b"?",
    b"",
    b"/caf\xc3\xa9",
    b"/%ff%00",
    b"/heal thz",
    b"/\x01",
    b"/\x7f",
    b'/"<>\\^`{|}',
)
_ODD_VERSIONS = (
    *(b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.2", b"HTTP/3.0", b"HTTP/1.10", b"HTTP/11"),
    *(b"http/1.1", b"HTTP/1,1", b"HTTP/1.1 ", b"HTTPS/1.1", b"ICY/1.0", b"", b" HTTP/1.1"),
)
_UPGRADES: tuple[tuple[bytes, ...], ...] = (
    (b"Connection: Upgrade", b"Upgrade: h2c"),
    (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQ"),
    (b"Connection: keep-alive, Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"),
    (b"connection: upgrade", b"upgrade: TLS/1.3, x/1"),
    (b"Connection: close, Upgrade", b"Upgrade: h2c"),
    (b"Connection: Upgrade",),
    (b"Upgrade: h2c",),
    (b"Connection: Upgrade", b"Connection: close", b"Upgrade: x"),
)
_CONNECTIONS = (
    *(b"close", b"keep-alive", b"Close", b"close, keep-alive", b"keep-alive, close", b"x"),
    *(b"", b"closed", b"content-length", b"host, authorization", b"te"),
)
_EXPECTATIONS = (b"100-continue", b"100-Continue", b"200-ok", b"", b"100-continue, x")
_ODD_LINES = (
    b"X-Folded: a\r\n b",
    b"X-Folded: a\r\n\tb",
    b" X-First: folded",
    b"X-Spaced : a",
    b": nameless",
    b"nothing",
    b"X-Nul: a\x00b",
    b"X-Return: a\rb",
    b"X-Line: a\nX-Next: b",
    b"X-Control: a\x01b\x7f",
    b"X-Latin: \xe9",
    b"X-Utf: \xc3\xa9",
    b"X\xe9: latin",
    b"X(Y): z",
    b"X-Empty:",
    b"X-Tab:\ta\t",
    b"X-Long: " + b"x" * 5000,
    b"Content-Length\x00: 5",
    b"Transfer-Encoding\t: chunked",
    b"TE: trailers",
    b"Trailer: Authorization, Content-Length",
    b"X-HTTP-Method-Override: DELETE",
    b"Proxy-Connection: close",
)
_LENGTHS = (
    *(b"%d, %d", b"%d,%d", b"+%d", b"-%d", b"0%d", b"%d.0", b"0x%x", b"%d 1", b'"%d"', b"%d;x"),
    *(b"%d\x0b", b"\xc2\xa0%d", b"1%024d", b""),
)
_CODINGS = (
    *(b"Chunked", b" chunked ", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked"),
    *(
        b"identity",
        b"gzip",
        b"xchunked",
        b"chunked;q=1",
        b'"chunked"',
        b"",
        b"chunked,",
        b"\x0bchunked",
    ),
)
_SIZES = (
    *(b"0%x", b"%X", b"000000000000000%x", b"%x;a", b'%x;a="b;c"', b"%x ", b" %x", b"0x%x"),
    *(b"-%x", b"+%x", b"%xg", b"1000000000000000%x", b"%x\n", b"%x;\n", b"%x\t;a", b""),
    *(b'%x;a="\r\nb"', b"%x;a=\r"),
)
_CHUNK_ENDS = (b"", b"\n", b"\r", b"x\r\n", b"\r\n\r\n")
_LAST_CHUNKS = (b"", b"00\r\n", b"0;a=b\r\n", b"0\n", b"0 \r\n", b"-0\r\n")


_ODD_TRAILERS = (
    b"Content-Length: 5",
    b"Transfer-Encoding: chunked",
    b"Content-Type: text/plain",
    b"Connection: close",
    b"Connection: Upgrade\r\nUpgrade: h2c",
    b"Expect: 100-continue",
    b"Host: other.example",
    b"X-Folded: a\r\n b",
    b"X-Spaced : a",
    b"nothing",
    b": nameless",
    b"X-Nul: \x00",
    b"X-Line: a\nGET /healthz HTTP/1.1",
)


@st.composite
def scripts(draw: Draw, keys: Keys) -> Script:
    """Return what a client may do on one connection, with these keys."""
    number = draw(st.integers(1, _MOST_REQUESTS))
    requests = tuple(_request(draw, keys, which) for which in range(number))
    length = sum(len(part) for request in requests for part in request.parts)
    # Some of what may go wrong does so only in what arrives at once.
    most = 4 if _odd(draw, 2) else 0
    cuts = draw(st.lists(st.integers(1, max(length - 1, 1)), max_size=most))
    keeps = draw(st.integers(0, length)) if _odd(draw, 10) else None
    ending = draw(st.sampled_from(Ending))
    return Script(requests, tuple(sorted(set(cuts))), keeps, ending)


def _odd(draw: Draw, one_in: int) -> bool:
    return draw(st.integers(1, one_in)) == one_in


def _pick(draw: Draw, usual: Sequence[T], odd: Sequence[T], one_in: int = 8) -> T:
    return draw(st.sampled_from(odd if _odd(draw, one_in) else usual))


def _request(draw: Draw, keys: Keys, which: int) -> Request:
    method = _pick(draw, (b"GET", b"POST", b"PATCH", b"HEAD"), _ODD_METHODS, 6)
    usual = (b"/api/v1/events/" + STANDING.encode(),) if method == b"PATCH" else _TARGETS
    target = _pick(draw, usual, (*_ODD_TARGETS, *_TARGETS), 5)
    version = _pick(draw, (b"HTTP/1.1",), _ODD_VERSIONS)
    framing, body = _content(draw, keys, which, method)
    headers = [
        *_pick(
            draw, ((b"Host: x",),), ((), (b"Host: x", b"Host: y"), (b"Host:",), (b"Host: a b",)), 12
        ),
        *_credentials(draw, keys),
        *framing,
        *_pick(draw, ((),), _UPGRADES, 4),
    ]
    if _odd(draw, 8):
        headers.append(b"Connection: " + draw(st.sampled_from(_CONNECTIONS)))
    if _odd(draw, 8):
        headers.append(b"Expect: " + draw(st.sampled_from(_EXPECTATIONS)))
    if _odd(draw, 8):
        headers.insert(draw(st.integers(0, len(headers))), draw(st.sampled_from(_ODD_LINES)))
    before = _pick(draw, (b"",), (b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\x00"), 12)
    line_end = _pick(draw, (b"\r\n",), (b"\n", b"\r", b"\r\r\n", b" \r\n"), 30)
    return Request(method, target, version, tuple(headers), body, before, line_end)


def _credentials(draw: Draw, keys: Keys) -> list[bytes]:
    reader, writer = bearer(keys.reader), bearer(keys.writer)
    odd: tuple[list[bytes], ...] = (
        [],
        [reader],
        [reader, writer],
        [bearer("garbage")],
        [writer[:-1] + b"x"],
        [b"Authorization: Basic eDp5"],
        [b"Authorization:"],
        [writer, b"X-Forwarded-For: 198.51.100.7"],
    )
    return _pick(draw, ([writer], []), odd, 3)


def bearer(key: str) -> bytes:
    """Return the header that presents a key."""
    return b"Authorization: Bearer " + key.encode()


def event(name: str) -> bytes:
    """Return the body that makes an event, or changes one."""
    return (
        f'{{"name":"{name}","starts_at":"2027-01-01T10:00:00Z","ends_at":"2027-01-01T11:00:00Z"}}'
    ).encode()


def _content(draw: Draw, keys: Keys, which: int, method: bytes) -> tuple[list[bytes], bytes]:
    """Return the headers that frame a body, and the body in its frame."""
    if method in (b"GET", b"HEAD") and not _odd(draw, 5):
        return [], b""
    content = _pick(draw, (event(f"event {which}"),), _bodies(keys), 3)
    headers = [b"Content-Type: application/json"]
    kind = _pick(draw, ("length", "chunked"), ("none", "odd length", "odd coding", "both"), 4)
    if kind == "length":
        return [*headers, b"Content-Length: %d" % len(content)], content
    if kind == "odd length":
        return [*headers, *_odd_length(draw, len(content))], content
    if kind == "none":
        return headers, content
    coding = b"Transfer-Encoding: chunked"
    if kind == "odd coding":
        coding = b"Transfer-Encoding: " + draw(st.sampled_from(_CODINGS))
    headers.append(coding)
    if kind == "both":
        at = draw(st.integers(0, len(headers)))
        headers.insert(at, b"Content-Length: %d" % draw(st.sampled_from((len(content), 0, 5))))
    return headers, _chunks(draw, keys, content)


def _bodies(keys: Keys) -> tuple[bytes, ...]:
    made = event("smuggled")
    return (
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Rest: ",
        b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + bearer(keys.writer)
        + b"\r\nContent-Length: %d\r\n\r\n" % len(made)
        + made,
        b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n\r\n",
        b"{",
        b"\x00\xff" * 20,
    )


def _odd_length(draw: Draw, length: int) -> list[bytes]:
    form = draw(st.sampled_from((*_LENGTHS, b"twice", b"twice, unlike", b"short", b"long")))
    if form == b"twice":
        return [b"Content-Length: %d" % length] * 2
    if form == b"twice, unlike":
        return [b"Content-Length: %d" % length, b"Content-Length: %d" % (length + 1)]
    if form in (b"short", b"long"):
        by = draw(st.integers(1, 20))
        given = length + by if form == b"long" else max(length - by, 0)
        return [b"Content-Length: %d" % given]
    return [b"Content-Length: " + (form % ((length,) * form.count(b"%")) if form else b"")]


def _chunks(draw: Draw, keys: Keys, content: bytes) -> bytes:
    at = draw(st.integers(0, len(content)))
    odd = draw(st.integers(-1, 1)) if _odd(draw, 4) else -1
    framed = b""
    for which, part in enumerate((content[:at], content[at:])):
        if part:
            size = draw(st.sampled_from(_SIZES)) if which == odd else b"%x"
            framed += (size % len(part) if b"%" in size else size) + b"\r\n" + part
            framed += _pick(draw, (b"\r\n",), _CHUNK_ENDS, 20)
    framed += _pick(
        draw, (b"0\r\n",), (b"", b"00\r\n", b"0;a=b\r\n", b"0\n", b"0 \r\n", b"-0\r\n"), 12
    )
    believed = (bearer(keys.trailing), f"X-Forwarded-For: {FORGED}".encode(), b"X-Checksum: abc")
    for _ in range(draw(st.integers(0, 2))):
        framed += _pick(draw, believed, _ODD_TRAILERS, 3) + b"\r\n"
    return framed + b"\r\n"
