"""Reading a path: in one way, or not at all."""

from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.domain.routes.paths import _every, _usual, fold, read_path
from store.errors import AmbiguousPath

BYPASSES = {
    # Each was published as a way past an authorizer, or is a brother of one that was.
    "": "does not begin with a slash",
    "*": "does not begin with a slash",
    "admin": "does not begin with a slash",
    "http://x/admin": "does not begin with a slash",
    "//admin": "empty segment",
    "/a//admin": "empty segment",
    "/admin//": "empty segment",
    "/.": "dot",
    "/./admin": "dot",
    "/a/../admin": "dot",
    "/admin/..": "dot",
    "/...": "dot",
    "/admin.": "dot",
    "/admin./x": "dot",
    "/%2e%2e/admin": "needs no encoding",
    "/%2E/admin": "needs no encoding",
    "/.%2e/admin": "needs no encoding",
    "/admin%2f": "parts a path",
    "/a%2Fadmin": "parts a path",
    "/a%5cadmin": "parts a path",
    "/a\\admin": "backslash",
    "/a/..\\admin": "backslash",
    "/admin;a=b": "parameter",
    "/;/admin": "parameter",
    "/admin/..;/x": "parameter",
    "/admin%3b": "parts a path",
    "/admin%3Fx": "parts a path",
    "/admin%23x": "parts a path",
    "/admin#x": "fragment",
    "/admin?x": "question mark",
    "/%61dmin": "needs no encoding",
    "/adm%69n": "needs no encoding",
    "/%7eadmin": "needs no encoding",
    "/admin%00": "control",
    "/admin%0a": "control",
    "/admin%0d%0aX: y": "percent-encoded",
    "/admin%7F": "control",
    "/admin%09": "control",
    "/admin%20": "blank",
    "/%20admin": "blank",
    "/admin%C2%A0": "blank",
    "/admin%": "encodes nothing",
    "/admin%2": "encodes nothing",
    "/%u002e/x": "encodes nothing",
    "/%zz": "encodes nothing",
    "/%252e%252e/admin": "encoded twice",
    "/a%252fadmin": "encoded twice",
    "/%25%32%65/admin": "needs no encoding",
    "/%c0%ae%c0%ae/admin": "UTF-8",
    "/%c0%afadmin": "UTF-8",
    "/%e0%80%af": "UTF-8",
    "/%f0%80%80%af": "UTF-8",
    "/%ed%a0%80": "UTF-8",
    "/%ff": "UTF-8",
    "/admin é": "percent-encoded",
    "/é": "percent-encoded",
    "/a b": "percent-encoded",
    "/a\tb": "percent-encoded",
    "/a\nb": "percent-encoded",
    "/a\0b": "percent-encoded",
    '/a"b': "percent-encoded",
    "/a|b": "percent-encoded",
    "/a^b": "percent-encoded",
    "/{id}": "percent-encoded",
    "/<x>": "percent-encoded",
    "/e%CC%81": "composed",
    "/ad%E2%80%8Bmin": "invisible",
    "/ad%C2%ADmin": "invisible",
    "/%E2%80%AEnimda": "invisible",
    "/%C2%85": "invisible",
    "/a%EF%BC%8Fadmin": "looks like",
    "/%EF%BC%8E%EF%BC%8E/admin": "dot",
    "/%E2%80%A5/admin": "dot",
    "/a%EF%BC%BCadmin": "looks like",
    "/admin%EF%BC%9Bx": "looks like",
    "/%EF%BC%85%32%65": "needs no encoding",
}
GOOD = {
    "/": ([], True),
    "/invoices": (["invoices"], False),
    "/invoices/": (["invoices"], True),
    "/v1.2/items:batchGet": (["v1.2", "items:batchget"], False),
    "/.well-known/jwks.json": ([".well-known", "jwks.json"], False),
    "/users/bob%40example.com": (["users", "bob@example.com"], False),
    "/my%20file": (["my file"], False),
    "/Jos%C3%A9": (["josé"], False),
    "/100%25": (["100%"], False),
    "/%F0%9F%98%80": (["\U0001f600"], False),
    "/a=b,c+d!$&'()*~": (["a=b,c+d!$&'()*~"], False),
}


@pytest.mark.parametrize(("path", "why"), BYPASSES.items())
def test_what_programs_read_in_several_ways_is_refused_with_its_reason(path: str, why: str) -> None:
    with pytest.raises(AmbiguousPath, match="can be read in several ways") as refused:
        read_path(path)
    assert why in refused.value.why


@pytest.mark.parametrize(("path", "read"), GOOD.items())
def test_what_all_read_alike_is_read(path: str, read: tuple[list[str], bool]) -> None:
    _, folded, slash = read_path(path)
    assert (folded, slash) == read


signs = st.one_of(
    st.sampled_from("/.;\\%?#ab AZ~:@é0"),
    st.sampled_from(("%2e", "%2F", "%25", "%C3%A9", "%3A", "%20", "%00", "..", "//", "%5C")),
    st.characters(max_codepoint=0x2FF),
)


@given(st.lists(signs, max_size=12).map(lambda some: "/" + "".join(some)))
def test_a_path_that_is_read_means_the_same_decoded_once_or_twice_and_is_written_in_one_way(
    path: str,
) -> None:
    try:
        sent, folded, slash = read_path(path)
    except AmbiguousPath:
        return
    assert "/" + "/".join(sent) + ("/" if slash and sent else "") == path
    for segment, compared in zip(sent, folded, strict=True):
        once = unquote(segment, errors="strict")
        assert not set(once) & set("/\\;?#")
        assert once.strip(". ") == once.rstrip(". ").lstrip(" .")
        assert once not in ("", ".", "..")
        assert unquote(once) == once
        assert fold(once) == compared == fold(compared)
        assert unquote(quote(once, safe="!$&'()*+,=:@~")) == once


_SIGNS = [f"%{byte:02x}" for byte in range(256)] + [f"%{byte:02X}" for byte in range(256)]
_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=3).map(lambda text: quote(text))
_pieces = st.one_of(
    st.sampled_from(["a", "B", "/", "/", ".", "..", "-", ":", ";", "%", "%2", "é", " ", "x.", ""]),
    st.sampled_from(_SIGNS),
    _texts,
)


@settings(max_examples=2000)
@given(st.lists(_pieces, max_size=8).map("".join))
def test_the_short_way_with_escapes_reads_what_the_long_one_does_or_leaves_it_to_it(
    rest: str,
) -> None:
    short = _usual(f"/{rest}")
    assert short is None or short == _every(f"/{rest}")


@pytest.mark.parametrize("path", ["/a%20b", "/caf%C3%A9/x", "/%E6%97%A5%E6%9C%AC/", "/a%40b%3a"])
def test_usual_escapes_go_the_short_way(path: str) -> None:
    assert _usual(path) is not None
