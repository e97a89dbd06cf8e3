"""Patterns: how they are written, and how two of them relate."""

from itertools import product

import pytest
from hypothesis import given

from store.domain.routes.pattern import MOST_CHARACTERS, Pattern, Varies, pattern
from store.errors import Invalid
from tests.domain.routes.drawn import patterns

SMALL = [
    [*segments]
    for length in range(5)
    for segments in product(("a", "b", "a:b", "c"), repeat=length)
]
METHODS = ("GET", "HEAD", "POST", "PUT")


def falls_under(method: str, segments: list[str], one: Pattern) -> bool:
    """Return whether a request falls under a pattern, as its definition says it."""
    if one.method not in ("*", method) and not (one.method == "GET" and method == "HEAD"):
        return False
    wanted = one.folded
    if one.open_ended:
        wanted, segments = wanted[:-1], segments[: len(wanted) - 1]
    return len(wanted) == len(segments) and all(
        want in (Varies.ONE, segment) for want, segment in zip(wanted, segments, strict=True)
    )


def requests_under(one: Pattern) -> set[tuple[str, str]]:
    """Return the small requests that fall under a pattern."""
    return {
        (method, "/".join(segments))
        for method in METHODS
        for segments in SMALL
        if falls_under(method, segments, one)
    }


def test_a_pattern_is_a_method_and_a_path_with_places() -> None:
    assert pattern(" get  /invoices/{id}/") == (
        "GET",
        "/invoices/{id}/",
        ("invoices", Varies.ONE),
    )
    assert pattern("* /{rest...}").segments == (Varies.REST,)
    assert pattern("GET /").segments == ()
    assert str(pattern("M-SEARCH /a.b/{x.y-z_1}")) == "M-SEARCH /a.b/{x.y-z_1}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no route"),
        ("GET", "is no route"),
        ("/invoices", "is no route"),
        ("GET invoices", "does not begin with a slash"),
        ("G(T /x", "is no method"),
        ("GET //x", "empty segment"),
        ("GET /x//", "empty segment"),
        ("GET /x/../y", "cannot stand in a route"),
        ("GET /x.", "cannot stand in a route"),
        ("GET /é", "cannot stand in a route"),
        ("GET /%61", "cannot stand in a route"),
        ("GET /a;b", "cannot stand in a route"),
        ("GET /a b", "cannot stand in a route"),
        ("GET /a?b=c", "cannot stand in a route"),
        ("GET /{id}.json", "is no segment"),
        ("GET /a{id}", "is no segment"),
        ("GET /{}", "is no segment"),
        ("GET /{a/b}", "is no segment"),
        ("GET /{rest...}/x", "must stand last"),
        ("GET /{rest...}/", "must stand last"),
        ("GET /" + "x" * MOST_CHARACTERS, "characters at most"),
    ],
)
def test_what_is_no_pattern_is_refused_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        pattern(text)


@given(patterns, patterns)
def test_two_overlap_and_lie_within_each_other_as_their_requests_do(
    one: Pattern, two: Pattern
) -> None:
    ours, theirs = requests_under(one), requests_under(two)
    assert one.overlaps(two) is two.overlaps(one) is bool(ours & theirs)
    # A place is every segment and a rest every length: more than the small ones show.
    assert one.within(two) is (ours <= theirs)
    if one.overlaps(two):
        assert requests_under(one.meet(two)) == ours & theirs
        assert one.meet(two).place == two.meet(one).place
        method, path = one.example(two).split(" ")
        segments = [segment for segment in path.lower()[1:].split("/") if segment]
        assert falls_under(method, segments, one)
        assert falls_under(method, segments, two)
