"""Where heads, bodies and what is neither begin and end, and what is never believed."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.verifier.http.framing import (
    MAX_AROUND,
    MAX_EMPTY,
    MAX_FIELDS,
    MAX_HEAD,
    Framing,
    NoRequest,
)
from store.verifier.query import MAX_ESCAPES


class _Request(NamedTuple):
    method: bytes
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


def _requests(*segments: bytes) -> list[_Request]:
    """Return what is read of segments, each as a connection would give it."""
    framing, found = Framing(), []
    for segment in segments:
        rest = segment
        while rest:
            rest = framing.take(rest)
            if framing.complete:
                found.append(
                    _Request(framing.method, framing.target, framing.headers, bytes(framing.body))
                )
                framing.body.clear()
    return found


def _reason(*segments: bytes) -> str:
    with pytest.raises(NoRequest) as refused:
        _requests(*segments)
    return refused.value.reason


def _post(*lines: bytes) -> bytes:
    return b"POST /a HTTP/1.1\r\nHost: x\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


_CHUNKED = b"Transfer-Encoding: chunked"
_UPGRADE = (b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: AAMA")
_CONVERSATION = b"".join(
    (
        b"\r\nGET /1?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
        _post(b"Content-Length: 3") + b"\r\n\r",
        _post(_CHUNKED)
        + b"3;a=b\r\nx\ny\r\nA\r\n0123456789\r\n0\r\nAuthorization: Bearer b\r\n\r\n",
        b"\r\n\r\n",
        _post(*_UPGRADE, b"Content-Length: 20") + b"GET /x HTTP/1.1\r\n\r\n.",
        _post(b"Content-Length: 0", b"connection: upgrade", b"UPGRADE: a, b", b"upgrade: c"),
        _post(*_UPGRADE, _CHUNKED) + b"1\r\n;\r\n00\r\nUpgrade: x\r\nX-Forwarded-For: y\r\n\r\n",
        _post(_CHUNKED) + b"0\r\nConnection: close\r\n\r\n",
        _post(_CHUNKED) + b"0\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        b"GET /last HTTP/1.0\r\n\r\n",
    )
)
_HOST = (b"host", b"x")
_TE = (b"transfer-encoding", b"chunked")
_AFTER = [(b"connection", b"Upgrade, HTTP2-Settings"), (b"http2-settings", b"AAMA")]
_READ = [
    _Request(b"GET", b"/1?a=b", [_HOST], b""),
    _Request(b"POST", b"/a", [_HOST, (b"content-length", b"3")], b"\r\n\r"),
    _Request(b"POST", b"/a", [_HOST, _TE], b"x\ny0123456789"),
    _Request(
        b"POST",
        b"/a",
        [_HOST, *_AFTER, (b"content-length", b"20")],
        b"GET /x HTTP/1.1\r\n\r\n.",
    ),
    _Request(b"POST", b"/a", [_HOST, (b"content-length", b"0"), (b"connection", b"upgrade")], b""),
    _Request(b"POST", b"/a", [_HOST, *_AFTER, _TE], b";"),
    _Request(b"POST", b"/a", [_HOST, _TE], b""),
    _Request(b"POST", b"/a", [_HOST, _TE], b""),
    _Request(b"GET", b"/last", [], b""),
]


def test_what_arrives_together_is_read_one_after_the_other() -> None:
    assert _requests(_CONVERSATION) == _READ


def test_what_arrives_byte_by_byte_is_read_alike() -> None:
    assert _requests(*(bytes([byte]) for byte in _CONVERSATION)) == _READ


@given(st.lists(st.integers(1, len(_CONVERSATION) - 1), max_size=12))
def test_it_does_not_matter_where_it_is_cut(places: list[int]) -> None:
    cuts = [0, *sorted(set(places)), len(_CONVERSATION)]
    parts = [_CONVERSATION[a:b] for a, b in pairwise(cuts)]
    assert _requests(*parts) == _READ


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("http2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("version", b"GET / HTTP/2.0\r\n\r\n"),
        ("version", b"GET /\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\n\r\n"),
        ("host", b"GET http://x/ HTTP/1.1\r\n\r\n"),
        ("host", _post(b"Host: x")),
        ("host", _post(*_UPGRADE, b"hOST:")),
        ("host", b"GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        ("host", b"GET / HTTP/1.0\r\nHost: a:b\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        ("host", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n"),
        ("version", b"GET /a RTSP/1.0\r\nHost: x\r\n\r\n"),
        ("version", b"DESCRIBE /a RTSP/1.1\r\nHost: x\r\n\r\n"),
        ("version", b"SOURCE /a ICE/1.0\r\nHost: x\r\n\r\n"),
        ("version", b"POST /a RTSP/1.0\r\nHost: x\r\n" + b"\r\n".join(_UPGRADE) + b"\r\n\r\n"),
        ("connect", b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"),
        ("connect", b"CONNECT /a HTTP/1.1\r\n" + b"\r\n".join(_UPGRADE) + b"\r\n\r\n"),
        ("syntax", b"get / HTTP/1.1\r\n\r\n"),
        ("syntax", b"GET /\r\nGET / HTTP/1.1\r\n\r\n"),
        ("syntax", b"GET / HTTP/1.1\r\nA: b\n\r\n\r\n"),
        ("syntax", b"GET / HTTP/1.1\nA: b\n\n"),
        ("syntax", b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"),
        ("syntax", b"GET / HTTP/1.1\r\nA : b\r\n\r\n"),
        ("syntax", b"GET / HTTP/1.1\r\nA: b\x00\r\n\r\n"),
        ("syntax", _post(b"Content-Length: 1", b"Content-Length: 1")),
        ("syntax", _post(b"Content-Length: 1", _CHUNKED)),
        ("syntax", _post(_CHUNKED, b"Content-Length: 1")),
        ("syntax", _post(*_UPGRADE, b"Content-Length: 1", _CHUNKED)),
        ("syntax", _post(b"Content-Length: +1")),
        ("syntax", _post(b"Content-Length: 1_0")),
        ("syntax", _post(b"Content-Length: 0x1")),
        ("syntax", _post(b"Content-Length: " + b"9" * 30)),
        ("syntax", _post(_CHUNKED, _CHUNKED)),
        ("coding", _post(b"Transfer-Encoding: gzip, chunked")),
        ("coding", _post(b"Transfer-Encoding: gzip", _CHUNKED)),
        ("coding", _post(*_UPGRADE, b"Transfer-Encoding: identity, chunked")),
        ("coding", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"3\nabc\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"3 \r\nabc\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"0x3\r\nabc\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"1_0\r\n" + 16 * b"a" + b"\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"-3\r\nabc\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"3\r\nabcd\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"3\r\nabc\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"\r\n3\r\nabc\r\n0\r\n\r\n"),
        ("body", _post(_CHUNKED) + b"f" * 17 + b"\r\n"),
        ("body", _post(_CHUNKED) + b"0\r\nA: b\n\r\n"),
        ("body", _post(_CHUNKED) + b"0\r\n A: b\r\n\r\n"),
        ("body", _post(*_UPGRADE, _CHUNKED) + b"3;\n\r\nabc\r\n0\r\n\r\n"),
    ],
)
def test_what_is_no_request_is_refused_wherever_it_is_cut(reason: str, sent: bytes) -> None:
    assert _reason(sent) == reason
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert _reason(whole + sent) == reason
    for cut in range(1, len(sent)):
        # What tells TLS and HTTP/2 is in a segment of its own as a rule; else it is no syntax.
        assert _reason(sent[:cut], sent[cut:]) in (reason, "syntax")
    assert _reason(*(bytes([byte]) for byte in sent)) in (reason, "syntax")


def _head_of(size: int) -> bytes:
    start, end = b"GET / HTTP/1.1\r\nHost: x\r\nA:", b"b\r\n\r\n"
    # Blanks before a value are no part of it, and count all the same.
    return start + b" " * (size - len(start) - len(end)) + end


@pytest.mark.parametrize("piece", [1, 1000, MAX_HEAD, 2 * MAX_HEAD])
def test_the_bytes_of_a_head_are_counted_however_they_arrive(piece: int) -> None:
    def cut(sent: bytes) -> list[bytes]:
        return [sent[start : start + piece] for start in range(0, len(sent), piece)]

    before = b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert len(_requests(*cut(before + _head_of(MAX_HEAD)))) == 2
    assert _reason(*cut(before + _head_of(MAX_HEAD + 1))) == "head_too_large"
    assert _reason(*cut(_head_of(2 * MAX_HEAD)[:-4])) == "head_too_large"


@pytest.mark.parametrize("target", [b"/a#?b", b"/a?b#", b"/#", b"#", b"/a?#b=1", b"http://x/a#b"])
def test_a_target_with_a_fragment_is_no_request(target: bytes) -> None:
    # Cut off, it would take the question with it: /verify#?scope=events:write.
    assert _reason(b"GET %s HTTP/1.1\r\n\r\n" % target) in ("fragment", "syntax")


def test_what_has_to_be_decoded_of_a_target_has_a_bound() -> None:
    def get(target: bytes) -> bytes:
        return b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % target

    assert _requests(get(b"/%61?" + b"%61" * (MAX_ESCAPES - 1)))
    assert _reason(get(b"/?" + b"%61" * (MAX_ESCAPES + 1))) == "escapes"
    assert _reason(get(b"/" + b"%" * (MAX_ESCAPES + 1))) == "escapes"


def test_few_empty_lines_come_before_a_request() -> None:
    request, empty = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * (MAX_EMPTY // 2)
    assert len(_requests(empty + request, empty + request)) == 2
    assert _reason(empty + b"\r\n" + request) == "syntax"
    assert _reason(request, *(b"\n" for _ in range(MAX_EMPTY + 1))) == "syntax"


@pytest.mark.parametrize("piece", [1, 5000])
@pytest.mark.parametrize(
    "filler",
    [
        b"1\r\na\r\n",
        b"2;" + b"x" * 500 + b"\r\nab\r\n",
        b"0\r\n" + b"ab:cd\r\n" * MAX_AROUND,
        b"0\r\nA: " + b"b" * 2 * MAX_AROUND,
        b"5;" + b"c" * 2 * MAX_AROUND,
        b"0" * 2 * MAX_AROUND,
    ],
    ids=["small chunks", "extensions", "trailers", "a trailer", "an extension", "a size"],
)
def test_what_stands_around_a_body_is_counted_however_it_arrives(filler: bytes, piece: int) -> None:
    sent = _post(_CHUNKED) + filler * (1 + 2 * MAX_AROUND // len(filler))
    sent = sent[: 8 * MAX_AROUND]
    pieces = [sent[start : start + piece] for start in range(0, len(sent), piece)]
    assert _reason(*pieces) == "around_body"


def test_nothing_is_read_into_the_next_request_of_what_was_dropped() -> None:
    first = _post(_CHUNKED) + b"0\r\nAuthorization: Bearer a\r\n\r\n"
    second = b"GET / HTTP/1.1\r\nHost: y\r\n\r\n"
    assert [one.headers for one in _requests(first + second)] == [
        [_HOST, _TE],
        [(b"host", b"y")],
    ]


@pytest.mark.parametrize(
    ("version", "options", "kept"),
    [
        (b"1.0", b"", False),
        (b"1.0", b"Connection: keep-alive\r\n", True),
        (b"1.0", b"Connection: x, Keep-Alive\r\n", True),
        (b"1.0", b"Connection: close, keep-alive\r\n", False),
        (b"1.0", b"Connection: keep-alive\r\nconnection: x, Close\r\n", False),
        (b"1.1", b"", True),
        (b"1.1", b"Connection: keep-alive, close\r\n", False),
        (b"1.1", b"Connection: close, keep-alive\r\n", False),
        (b"1.1", b"Connection: closed\r\n", True),
    ],
)
def test_close_has_the_last_word_on_a_connection(
    version: bytes, options: bytes, kept: bool
) -> None:
    framing = Framing()
    framing.take(b"GET / HTTP/%s\r\nHost: x\r\n%s\r\n" % (version, options))
    assert framing.keeps_alive is kept


@pytest.mark.parametrize("host", [b"", b"x", b"x:", b"x:80", b"a_b.example", b"[::1]:8080", b"%61"])
def test_a_host_is_a_name_or_an_address_and_a_port(host: bytes) -> None:
    for version in (b"1.1", b"1.0"):
        assert _requests(b"GET / HTTP/%s\r\nHost: %s\r\n\r\n" % (version, host))


@pytest.mark.parametrize("lines", [(), _UPGRADE])
def test_a_length_may_begin_with_any_number_of_zeros(lines: tuple[bytes, ...]) -> None:
    # Python makes no number of more than 4,300 digits.
    head = _post(*lines, b"Content-Length: %s3" % (b"0" * 20_000))
    assert [one.body for one in _requests(head + b"abc", b"\r\n" + head, b"abc")] == [b"abc"] * 2
    assert not _requests(_post(*lines, b"Content-Length: %s1" % (b"0" * 20_000)))


@pytest.mark.parametrize("blanks", [b" ", b"\t", b" \t  "])
def test_blanks_around_a_value_are_no_part_of_it(blanks: bytes) -> None:
    fields = [b"A:%sb c%s" % (blanks, blanks), b"Content-Length:%s0%s" % (blanks, blanks)]
    for lines in (fields, [*_UPGRADE, *fields]):
        (found,) = _requests(_post(*lines))
        assert found.headers[-2:] == [(b"a", b"b c"), (b"content-length", b"0")]


@pytest.mark.parametrize("piece", [1, 7, MAX_HEAD])
@pytest.mark.parametrize("field", [b"a:", b"Upgrade: a"])
def test_the_headers_of_a_request_are_counted_however_they_arrive(field: bytes, piece: int) -> None:
    def cut(*lines: bytes) -> list[bytes]:
        sent = _post(*lines)
        return [sent[start : start + piece] for start in range(0, len(sent), piece)]

    upgrade = b"Connection: Upgrade"
    assert len(_requests(*cut(upgrade, *[field] * (MAX_FIELDS - 2)))) == 1
    assert _reason(*cut(upgrade, *[field] * (MAX_FIELDS - 1))) == "head_too_large"


def test_of_headers_beyond_the_bound_nothing_is_kept() -> None:
    framing = Framing()
    with pytest.raises(NoRequest):
        framing.take(_post(*[b"a:"] * 10_000))
    assert len(framing.headers) <= MAX_FIELDS + 1
