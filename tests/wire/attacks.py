"""Requests that have been, or could be, taken for others than they are."""

from collections.abc import Iterator
from functools import partial

from tests.wire.grammar import FORGED, bearer, event
from tests.wire.requests import Request, Script
from tests.wire.side import STANDING
from tests.wire.stand import Keys

_EVENTS = b"/api/v1/events"
_HOST, _JSON = b"Host: x", b"Content-Type: application/json"
_ONE_EVENT = _EVENTS + b"/" + STANDING.encode()
_EXPECT = b"Expect: 100-continue"
_CHUNKED = b"Transfer-Encoding: chunked"
_H2C = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMA")
_WEBSOCKET = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13")
_PADDED = 20_000
"""Bytes of body that proxies keep in a file, and send in segments of their own."""


def begun(method: bytes, target: bytes, *headers: bytes) -> bytes:
    """Return the beginning of a head, which whoever speaks next would end."""
    lines = (method + b" " + target + b" HTTP/1.1", _HOST, *headers, b"X-Rest: ")
    return b"\r\n".join(lines)


def posted(
    *headers: bytes, body: bytes = b"", method: bytes = b"POST", target: bytes = _EVENTS
) -> Request:
    """Return a request with a body of JSON, by default a POST, and what frames it."""
    framing = () if _CHUNKED in headers else (b"Content-Length: %d" % len(body),)
    return Request(method, target, b"HTTP/1.1", (_HOST, _JSON, *headers, *framing), body)


def got(target: bytes, *headers: bytes) -> Request:
    """Return a GET."""
    return Request(b"GET", target, b"HTTP/1.1", (_HOST, *headers))


def chunked(*chunks: bytes, trailers: tuple[bytes, ...] = (), last: bytes = b"0") -> bytes:
    """Return a body in chunks, with trailers."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return framed + b"\r\n".join((last, *trailers, b"", b""))


def with_their_own_key(keys: Keys) -> dict[str, Script]:
    """Return by name what a client with a key may rightfully send, in forms that are rare."""
    key, body = bearer(keys.writer), b'{"a":1}'
    change = partial(posted, key, method=b"PATCH", target=_ONE_EVENT)
    again, unkeyed = got(b"/healthz"), got(b"/api/v1/verify")
    in_chunks = chunked(body[:5], body[5:])
    checked = chunked(body, trailers=(b"X-Checksum: abc", bearer(keys.trailing)))
    old = change(b"Connection: keep-alive", body=body)._replace(version=b"HTTP/1.0")
    return {
        "h2c is offered": Script((change(*_H2C, body=b'{"name":"made"}'), again)),
        "WebSocket is offered": Script((change(*_WEBSOCKET, body=body), again)),
        "h2c is offered, in chunks": Script((change(*_H2C, _CHUNKED, body=in_chunks), again)),
        "h2c is offered to a GET": Script((got(b"/api/v1/verify", key, *_H2C), again)),
        "there are trailers": Script((change(_CHUNKED, body=checked), again)),
        "several are sent at once": Script(
            (
                change(body=body),
                unkeyed,
                Request(b"HEAD", b"/healthz", b"HTTP/1.1", (_HOST,)),
                change(body=b'{"b":2}'),
                again,
            )
        ),
        "100 Continue is waited for": Script((change(_EXPECT, body=body), again)),
        "it is HTTP/1.0": Script((old, again)),
    }


def refused_at_once(keys: Keys) -> dict[str, Script]:
    """Return by name what is refused before its body is there, unless that came with the head."""
    trailed = chunked(b"{}", trailers=(bearer(keys.trailing),))
    again = got(b"/healthz")
    return {
        "h2c is offered": Script((posted(*_H2C, body=b"GET / HTTP/1.1\r\n\r\n"), again)),
        "there are trailers": Script((posted(bearer("x"), _CHUNKED, body=trailed), again)),
        "100 Continue is waited for": Script((posted(_EXPECT, body=b"{}"), again)),
    }


def without_a_key(keys: Keys) -> dict[str, Script]:
    """Return by name what a stranger sends. Only the trailing key is a real one."""
    return {name: Script(requests) for name, requests in _without_a_key(keys)}


def asking_for_less(key: str) -> dict[str, Script]:
    """Return by name what the holder of a key that may only read hides in a body.

    It asks whether they may read, where the proxy is about to ask whether they may write.
    """
    asked = begun(b"GET", b"/api/v1/verify?scope=events:read", bearer(key))
    found = {}
    for offered, upgrade in (("h2c", _H2C), ("WebSocket", _WEBSOCKET)):
        for how, padding in (("", b""), (", padded", b"\r\n" * (_PADDED // 2))):
            found[f"behind {offered}{how}"] = Script((posted(*upgrade, body=padding + asked),))
    return found


def _without_a_key(keys: Keys) -> Iterator[tuple[str, tuple[Request, ...]]]:
    smuggled = {
        "a PATCH begun": begun(b"PATCH", _ONE_EVENT, _JSON),
        "a GET begun": begun(b"GET", b"/healthz"),
        "a GET": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    for offered, upgrade in (("h2c", _H2C), ("WebSocket", _WEBSOCKET)):
        for what, body in smuggled.items():
            padding = b"\r\n" * (_PADDED // 2)
            yield f"{what} behind {offered}", (posted(*upgrade, body=body),)
            yield f"{what} behind {offered}, padded", (posted(*upgrade, body=padding + body),)
            yield (
                f"{what} behind {offered}, chunked",
                (posted(*upgrade, _CHUNKED, body=chunked(body)),),
            )
    for what, trailers in {
        "a key in a trailer": (bearer(keys.trailing),),
        "an address in a trailer": (f"X-Forwarded-For: {FORGED}".encode(),),
        "a length in a trailer": (b"Content-Length: 30",),
        "chunks in a trailer": (_CHUNKED, bearer(keys.trailing)),
        "a closing in a trailer": (b"Connection: close",),
        "an upgrade in a trailer": (*_H2C, bearer(keys.trailing)),
    }.items():
        request = posted(_CHUNKED, body=chunked(event("smuggled"), trailers=trailers))
        yield what, (request,)
        yield f"{what}, refused", (request._replace(headers=(*request.headers, bearer("x"))),)
    body = b"0\r\n\r\n" + smuggled["a PATCH begun"]
    for what, headers in {
        "both framings": (_CHUNKED, b"Content-Length: %d" % len(body)),
        "two codings": (b"Transfer-Encoding: identity", _CHUNKED),
        "a coding with a tab": (b"Transfer-Encoding:\tchunked", b"Content-Length: %d" % len(body)),
        "a coding spaced": (b"Transfer-Encoding : chunked", b"Content-Length: %d" % len(body)),
        "a coding not known": (b"Transfer-Encoding: xchunked", b"Content-Length: %d" % len(body)),
        "two lengths": (b"Content-Length: 5", b"Content-Length: %d" % len(body)),
        "a length with a sign": (b"Content-Length: +5",),
        "no framing": (),
    }.items():
        yield what, (Request(b"POST", _EVENTS, b"HTTP/1.1", (_HOST, _JSON, *headers), body),)
    yield "a chunk too long", (posted(_CHUNKED, body=b"ffffffffffffffff1\r\n" + body),)
    yield "a chunk's extension", (posted(_CHUNKED, body=chunked(body, last=b"0;a=\n")),)
    yield "an expectation", (posted(_EXPECT, body=smuggled["a PATCH begun"]),)
    yield (
        "a body to a GET",
        (got(b"/healthz", b"Content-Length: %d" % len(body))._replace(body=body),),
    )
    yield "a pipeline", (got(b"/healthz"), posted(body=body), got(b"/api/v1/verify"))
    yield (
        "a body cut short",
        (posted(body=body)._replace(headers=(_HOST, _JSON, b"Content-Length: 5000")),),
    )
