"""What is asked about a request: never another path than the one that is served."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.client.answer import Refused
from store.client.question import AUTHORIZE, Request, question

LONE = st.sampled_from(
    [b".", b"..", b"", b"a", b"%2e", b"\\..", b"\xff", b"?", b"#", b"caf\xc3\xa9"]
)
paths = st.one_of(
    st.binary(max_size=40), st.lists(LONE, max_size=5).map(lambda parts: b"/" + b"/".join(parts))
)


@given(paths, st.binary(max_size=20), st.sampled_from(["GET", "DELETE", "M-SEARCH", "GET ", ""]))
def test_the_path_that_is_judged_is_the_one_that_is_served(
    path: bytes, query: bytes, method: str
) -> None:
    try:
        asked = question(Request(method, path, query))
    except Refused:
        return
    assert asked.target.startswith(AUTHORIZE + b"/")
    uri = asked.target.removeprefix(AUTHORIZE)
    sent, _, behind = uri.partition(b"?")
    assert unquote_to_bytes(sent) == path
    assert behind == query
    assert not {b".", b".."} & set(path.split(b"/"))
    assert all(0x20 < byte < 0x7F for byte in asked.target)
    assert asked.method == method


def test_nothing_of_a_clients_headers_goes_along_but_its_key_and_its_program() -> None:
    headers = [
        (b"authorization", b"Bearer a"),
        (b"authorization", b"Bearer b"),
        (b"x-api-key", b"c"),
        (b"user-agent", b"d"),
        (b"cookie", b"session=e"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"x-original-uri", b"/public"),
        (b"x-forwarded-method", b"GET"),
        (b"content-length", b"7"),
        (b"host", b"shop.example"),
    ]
    request = Request("POST", b"/x", b"", headers, "192.0.2.7")
    own = [(b"x-forwarded-for", b"192.0.2.7")]
    assert question(request).headers == [headers[0], headers[1], headers[3], *own]
    asked = question(request, key_headers=[b"x-api-key"], trusted=True, scopes=["a:read", "b:read"])
    assert asked.headers == [
        *(headers[:4]),
        *own,
        (b"x-original-method", b"POST"),
        (b"x-original-uri", b"/x"),
    ]
    assert (asked.method, asked.target) == ("GET", AUTHORIZE + b"?scope=a%3Aread+b%3Aread")


def test_a_tunnel_is_asked_for_by_nobody() -> None:
    with pytest.raises(Refused) as refused:
        question(Request("CONNECT", b"/x"))
    assert (refused.value.status, refused.value.code) == (400, "invalid_request")


def test_what_is_no_wsgi_environment_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="of_asgi"):
        Request.of_wsgi({"REQUEST_METHOD": "GET", "PATH_INFO": "/caf\u00e9"})
