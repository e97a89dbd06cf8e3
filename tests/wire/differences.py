"""Where ours may differ from h11: each way by itself, with its reason. Nothing else may.

uvicorn with h11 is what is compared with, because h11 is another parser by other hands. Where it
is the one that is wrong or does not know a form, it is told in words it knows, and must then answer
as we do. Where we refuse what it takes, ours must end right there.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from store.verifier.http.framing import MAX_FIELDS
from tests.wire.answers import Answer
from tests.wire.requests import Request, Script
from tests.wire.side import Heard


class Retold(NamedTuple):
    """Requests that h11 is told in other words."""

    what: str
    why: str
    """By which standard."""
    retell: Callable[[Request], Request]
    example: bytes


class Refused(NamedTuple):
    """Requests that we refuse and close after, where h11 answers, waits, or refuses later."""

    what: str
    why: str
    """By which standard."""
    applies: Callable[[Request], bool]
    example: bytes


# What the parser knows, of which RFC 9110 16.1.1 keeps a registry that grows.
_METHODS = (
    b"ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL "
    b"MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH "
    b"SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE"
).split()
_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0")
_SCHEMES = (b"http://", b"https://")
_HOST = b"Host: x\r\n"
_LONE_CR = re.compile(rb"\r(?!\n)")
_LONE_LF = re.compile(rb"(?<!\r)\n")
_FOLD = re.compile(rb"\r\n[ \t]|^[ \t]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FRAMING_TRAILER = re.compile(rb"(?i)\r\n(transfer-encoding|content-length):")
_LONG_SIZE = re.compile(rb"(?m)^0*[1-9a-fA-F][0-9a-fA-F]{16,}")
_SPACED_SIZE = re.compile(rb"(?m)^[0-9a-fA-F]+[ \t]+(;|\r)")


def _could_be(known: Iterable[bytes], word: bytes, *, ended: bool) -> bool:
    """Return whether a word is known, or could become so where it has not ended."""
    return word in known or (not ended and any(one.startswith(word) for one in known))


def _post(*lines: bytes, body: bytes = b"") -> bytes:
    head = (b"POST /api/v1/events HTTP/1.1", *lines, b"Host: x", b"", b"")
    return b"\r\n".join(head) + body


def _absolute(request: Request) -> Request:
    found = re.match(rb"(?i)https?://[^/?#\s]+", request.target)
    return request._replace(target=request.target[found.end() :] or b"/") if found else request


def _begun_at_once(request: Request) -> Request:
    length = len(request.body) if request.announced is None else request.announced
    body, rest = request.body[:length], request.body[length:]
    before = request.before if request.before.strip(b"\r\n") else b""
    return request._replace(before=before, body=body + rest.lstrip(b"\r\n"))


def _kept_alive(request: Request) -> Request:
    options = request.tokens(b"connection")
    if request.version != b"HTTP/1.0" or b"keep-alive" not in options or b"close" in options:
        return request
    kept = [line for line in request.headers if not line.lower().startswith(b"expect:")]
    if not request.header(b"host"):
        kept.append(b"Host: x")
    return request._replace(version=b"HTTP/1.1", headers=tuple(kept))


def _is_target(request: Request) -> bool:
    target = request.target.strip(b" ").lower()
    return (
        target.startswith((b"/", *_SCHEMES))
        or target == b"*"
        or _could_be(_SCHEMES, target, ended=bool(request.version))
    )


RETOLD = (
    Retold(
        "An absolute target is its path; uvicorn takes the whole of it for the path.",
        "RFC 9112 3.2.2: a server must accept the absolute form.",
        _absolute,
        b"GET http://x/healthz HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Retold(
        "Empty lines before a request are skipped; h11 refuses them.",
        "RFC 9112 2.2: a server should ignore at least one.",
        _begun_at_once,
        b"\r\n\r\nGET /healthz HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Retold(
        "Several spaces in the request line are one; h11 refuses them.",
        "RFC 9112 3: a recipient may parse on word boundaries.",
        lambda one: one._replace(target=one.target.strip(b" "), version=one.version.strip(b" ")),
        b"GET /healthz  HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Retold(
        "Whoever speaks HTTP/1.0 may keep the connection alive; h11 never does.",
        "RFC 9112 9.3 and C.2.2.",
        _kept_alive,
        b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ),
    Retold(
        "Proxy-Connection, which no standard has, is read as Connection; h11 does not know it.",
        "RFC 9112 C.2.2: proxies should forward none, and closing is never wrong.",
        lambda one: one._replace(
            headers=tuple(
                re.sub(rb"(?i)^proxy-connection:", b"Connection:", x) for x in one.headers
            )
        ),
        b"GET /healthz HTTP/1.1\r\n" + _HOST + b"Proxy-Connection: close\r\n\r\n",
    ),
)

REFUSED = (
    Refused(
        "A line that ends without CR.",
        "RFC 9112 2.2: a recipient may recognize it, and need not.",
        lambda one: any(_LONE_LF.search(part) for part in one.parts),
        b"GET /healthz HTTP/1.1\nHost: x\n\n",
    ),
    Refused(
        "A CR that no LF follows; h11 waits for the LF, wherever it comes.",
        "RFC 9112 2.2: it is invalid.",
        lambda one: any(_LONE_CR.search(part) for part in one.parts),
        b"GET /healthz HTTP/1.1\rHost: x\r\r",
    ),
    Refused(
        "A method that the parser does not know, or CONNECT.",
        "RFC 9110 9.1: unknown ones are an error; 9.3.6: CONNECT is for proxies.",
        lambda one: not _could_be(_METHODS, one.method, ended=bool(one.target)),
        b"get /healthz HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Refused(
        "A version other than 1.0 and 1.1; h11 takes every HTTP/n.n for 1.1.",
        "RFC 9110 6.2: a server may refuse to speak a version.",
        lambda one: not _could_be(_VERSIONS, one.version, ended=bool(one.headers)),
        b"GET /healthz HTTP/2.0\r\n" + _HOST + b"\r\n",
    ),
    Refused(
        "A target that is neither a path nor an address nor *.",
        "RFC 9112 3.2: it should be answered 400.",
        lambda one: not _is_target(one),
        b"GET healthz HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Refused(
        "A target with a fragment, which could take a query with it; h11 takes it for the path's.",
        "RFC 9112 3.2: a target has none.",
        lambda one: b"#" in one.target,
        b"GET /healthz#?scope=events:write HTTP/1.1\r\n" + _HOST + b"\r\n",
    ),
    Refused(
        "A field, or a trailer, that goes on in the next line.",
        "RFC 9112 5.2: a server must reject it or replace the line's end.",
        lambda one: any(_FOLD.search(part) for part in one.parts[2:]),
        b"GET /healthz HTTP/1.1\r\n" + _HOST + b"X-Folded: a\r\n b\r\n\r\n",
    ),
    Refused(
        "Control characters in a field.",
        "RFC 9110 5.5: they are invalid, and dangerous.",
        lambda one: any(_CONTROL.search(part) for part in one.parts[1:]),
        b"GET /healthz HTTP/1.1\r\n" + _HOST + b"X-Control: \x01\r\n\r\n",
    ),
    Refused(
        "A Host that is none.",
        "RFC 9112 3.2: the answer must be 400.",
        lambda one: any(re.search(rb"[\s/@\x80-\xff]", host) for host in one.header(b"host")),
        b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n",
    ),
    Refused(
        "More headers than are taken.",
        "RFC 9110 5.4: a server may have such a bound.",
        lambda one: len(one.headers) > MAX_FIELDS,
        b"GET /healthz HTTP/1.1\r\n" + _HOST + b"a:\r\n" * MAX_FIELDS + b"\r\n",
    ),
    Refused(
        "More than one Content-Length, even where they are alike.",
        "RFC 9110 8.6: the message may be rejected.",
        lambda one: len(one.tokens(b"content-length")) > 1,
        _post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"),
    ),
    Refused(
        "Content-Length beside Transfer-Encoding.",
        "RFC 9112 6.1: a server may reject it.",
        lambda one: bool(one.header(b"content-length") and one.header(b"transfer-encoding")),
        _post(b"Content-Length: 2", b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n"),
    ),
    Refused(
        "Chunks in HTTP/1.0.",
        "RFC 9112 6.1: the framing must be treated as faulty.",
        lambda one: one.version == b"HTTP/1.0" and bool(one.header(b"transfer-encoding")),
        _post(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n").replace(b"/1.1", b"/1.0"),
    ),
    Refused(
        "A space behind a chunk's size.",
        "RFC 9112 7.1: none stands there.",
        lambda one: _SPACED_SIZE.search(one.body) is not None,
        _post(b"Transfer-Encoding: chunked", body=b"2 \r\n{}\r\n0\r\n\r\n"),
    ),
    Refused(
        "A length that 64 bits do not hold.",
        "RFC 9112 7.1: recipients must expect one and let nothing overflow.",
        lambda one: (
            _LONG_SIZE.search(one.body) is not None
            or any(len(length) > 19 for length in one.tokens(b"content-length"))
        ),
        _post(b"Transfer-Encoding: chunked", body=b"1%016x\r\n" % 2),
    ),
    Refused(
        "A trailer that would say where a body ends.",
        "RFC 9110 6.5.1: none may be sent.",
        lambda one: _FRAMING_TRAILER.search(one.body) is not None,
        _post(
            b"Transfer-Encoding: chunked",
            body=b"2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
    ),
)


def retold(request: Request) -> Request:
    """Return a request as h11 is told it."""
    for one in RETOLD:
        request = one.retell(request)
    return request


class Unexplained(AssertionError):
    """They differ, and nothing in the tables says why."""


def judge(
    script: Script,
    ours: Heard,
    theirs: Heard,
    at_once: Callable[[bytes], Heard],
    alone: Callable[[int], Heard],
) -> str | None:
    """Return why the two differ, None where they do not. Raises Unexplained.

    `at_once` returns what h11 makes of the same without a stop, and of some bytes more; `alone`
    what it makes of so many of the requests with nothing behind them.
    """
    said, heard = _alike(ours.answers), _alike(theirs.answers)
    if (said, ours.open, ours.events) == (heard, theirs.open, theirs.events):
        return None
    if said and said[-1] == _REFUSED and said[:-1] == heard[: len(said) - 1] and not ours.open:
        for request in script.stretches(len(said) - 1):
            for difference in REFUSED:
                if difference.applies(request):
                    return difference.what
        if any(all(_alike(at_once(end).answers) == said for end in ends) for ends in _ENDS):
            return LATE
    if heard and heard[-1] == _REFUSED and said[:-1] == heard[:-1] and ours.answers[-1].last:
        whole = alone(len(said))
        if (said, ours.open, ours.events) == (_alike(whole.answers), whole.open, whole.events):
            return BEHIND
    raise Unexplained(f"\n{script}\nours:\n{_shown(ours)}\nh11:\n{_shown(theirs)}")


BEHIND = "Bytes behind the last request of a connection, whose answer uvicorn's 400 takes."
"""RFC 9112 9.6: they are ignored, and the answer that is under way is the last."""
LATE = "A line that h11 refuses, too, however it ends, but not before it does."
_ENDS = (
    (b": x\r\n\r\n", b"\r\n\r\n", b" HTTP/1.1\r\nHost: x\r\n\r\n", b"/1.1\r\nHost: x\r\n\r\n"),
    (b"\r\n",),
    (b"",),
)
"""Of a head, wherever in its lines; of a chunk's size; of what has ended."""

_REFUSED = Answer(400, (("connection", "close"),), "refused")


def _alike(answers: Iterable[Answer]) -> list[Answer]:
    """Return answers without that in which they may always differ.

    That a body is awaited need not be said once some of it has come (RFC 9110 10.1.1). A refusal of
    ours is a problem document (RFC 9457). Whoever speaks HTTP/1.0 is told that the connection is
    kept (RFC 9112 C.2.2).
    """
    return [
        _REFUSED if one.status == 400 and one.last else one.without("connection", "keep-alive")
        for one in answers
        if one.status != 100
    ]


def _shown(heard: Heard) -> str:
    lines = [f"  {one.status} {one.said[:100]} {dict(one.told)}" for one in heard.answers]
    return "\n".join([*lines, f"  {'open' if heard.open else 'closed'}, made {heard.events}"])
