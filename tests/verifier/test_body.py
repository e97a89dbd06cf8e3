"""Bodies that are refused: 413, 415, and 422 that names the field."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.verifier.serving import API, Served, received

_EVENT: dict[str, Any] = {
    "name": "Fair",
    "starts_at": "2027-04-03T09:00:00Z",
    "ends_at": "2027-04-04T09:00:00Z",
}
_QUOTE: dict[str, Any] = {"customer": "Jane", "currency": "EUR", "amount": "10.00"}
_LIMIT = 64 * 1024

_WRONG_TEXTS: list[Any] = ["", "   ", "x" * 201, 7, True, [], {}]
_WRONG_TEXTS += ["a\x1b]52;c;YQ==\x07b", "a\nb", "a\u202eb", "a\u200bb", "a\x00b", "\x7f", "\x9b1m"]
# Joiners and nothing that they join; and what is as invisible and steers.
_WRONG_TEXTS += [
    "\u200d",
    " \u200c \u200d",
    "a\u202eb",
    "a\u2066b",
    "a\u200eb",
    "a\u00adb",
    "a\ufeffb",
]
_WRONG_TEXTS += ["a\U000e0041b", "a\u2028b", "a\u3164b"]
_WRONG_INSTANTS = [
    None,
    "",
    "tomorrow",
    "2027-04-03",
    "2027-04-03T09:00:00",
    "2027-02-30T09:00:00Z",
    "2027-04-03T24:00:01Z",
    "1969-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-00:01",
    1_795_521_600,
    True,
]
_WRONG_EVENTS = {
    "name": [None, *_WRONG_TEXTS],
    "starts_at": [*_WRONG_INSTANTS],
    "ends_at": [*_WRONG_INSTANTS, "2027-04-03T09:00:00Z", "2028-04-04T09:00:01Z"],
    "venue": _WRONG_TEXTS,
    "guests": [-1, 1_000_001, 1.5, "12", True, [], 10**30],
    "status": [None, "", "Option", "sent", "confirmed ", 1],
}
_WRONG_QUOTES = {
    "customer": [None, *_WRONG_TEXTS],
    "currency": [None, "", "eur", "EU", "EURO", "€", "EUR\n", 978],
    "amount": [
        None,
        "",
        10,
        10.5,
        *["-1", "1,50", "01", ".5", "1.", "1e3", "1.00000", "NaN", "٣"],
        "1 ",
        "1\n",
        "1" * 13,
    ],
    "event_id": [1, True, [], "ev_none"],
    "status": [None, "", "open", "confirmed"],
}


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A key that may read and write everything."""
    return served.key("events:read events:write quotes:read quotes:write")


def _post(
    served: Served, key: str, path: str, content: bytes, media_type: str | None = "application/json"
) -> httpx.Response:
    headers = {} if media_type is None else {"Content-Type": media_type}
    return served.ask(path, key, "POST", content=content, headers=headers)


def _refused(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    detail: str = answer.json()["detail"]
    return detail


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("path", "good", "field", "values"),
    [("/events", _EVENT, field, values) for field, values in _WRONG_EVENTS.items()]
    + [("/quotes", _QUOTE, field, values) for field, values in _WRONG_QUOTES.items()],
)
def test_a_wrong_value_is_refused_and_its_field_named(
    served: Served,
    key: str,
    path: str,
    good: dict[str, Any],
    field: str,
    values: list[Any],
    method: str,
) -> None:
    made = served.ask(path, key, "POST", json=good).json()
    for value in values:
        if method == "POST":
            answer = served.ask(path, key, "POST", json={**good, field: value})
        else:
            answer = served.ask(f"{path}/{made['id']}", key, "PATCH", json={field: value})
        detail = _refused(answer, 422, "invalid_body")
        # A start that was moved past the end is told at the end.
        told = "ends_at" if detail.startswith("ends_at: Expected at most") else field
        assert detail.startswith(f"{told}: "), (value, detail)
    assert served.ask(f"{path}/{made['id']}", key).json() == made


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",  # Persian, with ZWNJ
        "क्\u200dष",  # Hindi, with ZWJ
        "ශ්\u200dරී ලංකා",  # Sinhala
        "👩\u200d🍳 Catering",
        "שלום & Söhne",
        "株式会社たなか",
    ],
)
def test_names_of_customers_are_written_in_any_script(served: Served, key: str, name: str) -> None:
    made = served.ask("/quotes", key, "POST", json={**_QUOTE, "customer": name}).json()
    assert made["customer"] == name
    assert served.ask(f"/quotes/{made['id']}", key).json()["customer"] == name
    event = {**_EVENT, "name": name, "venue": name}
    made = served.ask("/events", key, "POST", json=event).json()
    assert (made["name"], made["venue"]) == (name, name)
    changed = served.ask(f"/events/{made['id']}", key, "PATCH", json={"venue": f"{name} 2"})
    assert changed.json()["venue"] == f"{name} 2"


@pytest.mark.parametrize("path", ["/events", "/quotes"])
def test_each_required_field_is_named_when_it_is_absent(
    served: Served, key: str, path: str
) -> None:
    good = _EVENT if path == "/events" else _QUOTE
    for field in good:
        rest = {name: value for name, value in good.items() if name != field}
        detail = _refused(served.ask(path, key, "POST", json=rest), 422, "invalid_body")
        assert f"`{field}`" in detail


@pytest.mark.parametrize("field", ["id", "workspace_id", "Name", "x", ""])
def test_a_field_nobody_knows_is_refused_and_named(served: Served, key: str, field: str) -> None:
    for path, good in (("/events", _EVENT), ("/quotes", _QUOTE)):
        made = served.ask(path, key, "POST", json=good).json()["id"]
        for answer in (
            served.ask(path, key, "POST", json={**good, field: 2}),
            served.ask(f"{path}/{made}", key, "PATCH", json={field: 2}),
        ):
            assert f"`{field}`" in _refused(answer, 422, "invalid_body")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b"{'name': 1}",
        b'{"name": "a",}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"[" * 60_000,
        b'{"name":' * 7_000,
        b"NaN",
        b"{} {}",
        b"[]",
        b"null",
        b'"text"',
        b"1" * 60_000,
    ],
)
def test_what_is_no_json_object_is_refused(served: Served, key: str, content: bytes) -> None:
    _refused(_post(served, key, "/events", content), 422, "invalid_body")


def _of_size(size: int) -> bytes:
    return b'{"name": "Fair"' + b" " * (size - 16) + b"}"


def test_a_body_may_have_64_kib_and_not_a_byte_more(served: Served, key: str) -> None:
    assert len(_of_size(_LIMIT)) == _LIMIT
    detail = _refused(_post(served, key, "/events", _of_size(_LIMIT)), 422, "invalid_body")
    assert "starts_at" in detail
    detail = _refused(_post(served, key, "/events", _of_size(_LIMIT + 1)), 413, "too_large")
    assert str(_LIMIT) in detail


def test_a_body_that_arrives_in_pieces_has_the_same_limit(served: Served, key: str) -> None:
    def pieces(size: int) -> Iterator[bytes]:
        body = _of_size(size)
        for start in range(0, size, 9000):
            yield body[start : start + 9000]

    for size, status in ((_LIMIT, 422), (_LIMIT + 1, 413), (20 * _LIMIT, 413)):
        answer = served.ask(
            "/events",
            key,
            "POST",
            content=pieces(size),
            headers={"Content-Type": "application/json"},
        )
        assert "content-length" not in answer.request.headers
        assert answer.status_code == status, size


@pytest.mark.parametrize(
    "announced", [b"65537", b"0" * 5000 + b"65537", b"99999999999999", b"9223372036854775807"]
)
def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(
    served: Served, key: str, announced: bytes
) -> None:
    answer = served.server.exchange(
        b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\n"
        b"Authorization: Bearer " + key.encode() + b"\r\nContent-Length: " + announced + b"\r\n\r\n"
    )
    _refused(answer, 413, "too_large")


@pytest.mark.parametrize(
    "expected",
    [
        b"Expect: 100-continue",
        b"Expect: 100-Continue \t",
        b"Expect: ,100-continue ,x",
        b"Expect: x\r\nExpect: 100-continue",
    ],
)
def test_a_client_that_waits_for_100_continue_gets_it(
    served: Served, key: str, expected: bytes
) -> None:
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    with served.server.connect() as wire:
        wire.sendall(
            b"POST /api/v1/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + expected
            + b"\r\nAuthorization: Bearer "
            + key.encode()
            + b"\r\nContent-Length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
        )
        assert wire.recv(25, 0x100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(body)
        assert received(wire).status_code == 201


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ('Application/JSON ; Charset="UTF-8"', 201),
        (None, 415),
        ("", 415),
        ("text/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=application/json", 415),
        ("application/json; charset=iso-8859-1", 415),
        ("application/json, text/plain", 415),
        ("application/merge-patch+json", 415),
    ],
)
def test_a_body_is_json_in_utf_8_or_refused(
    served: Served, key: str, media_type: str | None, status: int
) -> None:
    body = b'{"customer":"J\xc3\xa4ne","currency":"EUR","amount":"1"}'
    answer = _post(served, key, "/quotes", body, media_type)
    if status == 415:
        assert "application/json" in _refused(answer, 415, "unsupported_media_type")
    else:
        assert answer.status_code == 201
        assert answer.json()["customer"] == "Jäne"


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
def test_an_encoded_body_is_refused_and_never_unpacked(
    served: Served, key: str, encoding: str
) -> None:
    answer = served.ask(
        "/quotes",
        key,
        "POST",
        content=b"\x1f\x8b",
        headers={"Content-Type": "application/json", "Content-Encoding": encoding},
    )
    _refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Type: text/plain\r\nContent-Type: application/json",
        b"Content-Type: application/json\r\nContent-Type: text/plain",
        b"Content-Type: application/json\r\nContent-Type: application/json",
        b"Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Encoding: identity",
        b"Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: gzip",
    ],
)
def test_a_body_is_of_one_sort(served: Served, key: str, lines: bytes) -> None:
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    answer = served.server.exchange(
        b"POST /api/v1/quotes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + key.encode()
        + b"\r\nContent-Length: %d\r\n%s\r\n\r\n%s" % (len(body), lines, body)
    )
    _refused(answer, 415, "unsupported_media_type")


def test_a_refused_body_leaves_the_connection_usable(served: Served, key: str) -> None:
    head = (
        f"POST {API}/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: %d\r\n\r\n"
    )
    with served.server.connect() as wire:
        for content, status in ((_of_size(_LIMIT + 1), 413), (b"[]", 422), (b"{", 422)):
            wire.sendall((head % len(content)).encode() + content)
            assert received(wire).status_code == status


def test_a_client_that_leaves_within_its_body_makes_nothing_and_harms_nobody(
    served: Served, key: str
) -> None:
    before = served.ask("/quotes?limit=200", key).json()
    said = served.server.said()
    with served.server.connect() as wire:
        wire.sendall(
            b"POST /api/v1/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + key.encode() + b"\r\nContent-Length: 400\r\n\r\n"
            b'{"customer":"Jane","currency":"EUR","amount":"1"}'
        )
    assert served.ask("/quotes?limit=200", key).json() == before
    assert served.server.said() == said
