"""Which route decides: as the naive reading has it, whatever the order they were added in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.domain.routes.paths import read_path
from store.domain.routes.pattern import Pattern, pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable, left_deciding
from store.errors import AmbiguousPath, KeydeckError, RoutesOverlap, RouteTaken
from tests.domain.routes.drawn import patterns, requests, tables
from tests.domain.routes.test_pattern import falls_under


def _table(*texts: str) -> RouteTable:
    return RouteTable(Route(pattern(text), "a:read") for text in texts)


def _decides(table: RouteTable, method: str, path: str) -> str | None:
    found = table.match(method, path).route
    return None if found is None else str(found)


def _written_as(one: Pattern, sent: list[str], slash: bool) -> bool:
    """Return whether a path stands as a pattern has it, letter for letter."""
    literal = all(
        sent[place] == segment
        for place, segment in enumerate(one.segments)
        if isinstance(segment, str)
    )
    return literal and (one.open_ended or one.slash == slash)


@settings(max_examples=400)
@given(tables(), requests)
def test_the_most_specific_route_decides_as_the_definition_says(
    drawn: tuple[list[Route], RouteTable], request: tuple[str, str]
) -> None:
    routes, table = drawn
    method, path = request
    sent, folded, slash = read_path(path)
    under = [one for one in routes if falls_under(method, folded, one.pattern)]
    # Those that a request falls under form a chain, or they were not in one table.
    best = [one for one in under if all(one.pattern.within(other.pattern) for other in under)]
    assert len(best) == bool(under)
    found = table.match(method, path)
    if not best:
        assert found == (None, None)
    elif _written_as(best[0].pattern, sent, slash):
        assert found == (best[0], None)
    else:
        assert found == (None, best[0])


@settings(max_examples=400)
@given(tables(), requests)
def test_what_decides_where_a_route_is_gone_decides_about_each_of_its_requests(
    drawn: tuple[list[Route], RouteTable], request: tuple[str, str]
) -> None:
    routes, table = drawn
    gone = table.match(*request).route
    if gone is None:
        return
    left = [one for one in routes if one is not gone]
    try:
        found = RouteTable(left).match(*request).route
    except RoutesOverlap:
        # It decides between two others, and stays.
        return
    assert found == left_deciding(left, gone.pattern)


@pytest.mark.parametrize(
    ("gone", "left", "decides"),
    [
        ("* /invoices/{id}", ["GET /invoices/{id}"], None),
        ("* /invoices/{id}", ["GET /invoices/{id}", "* /{rest...}"], "* /{rest...}"),
        ("GET /files/{rest...}", ["GET /files/{id}"], None),
        ("GET /files/{id}", ["GET /files/{rest...}", "* /{rest...}"], "GET /files/{rest...}"),
        ("HEAD /files", ["GET /files"], "GET /files"),
        ("GET /Files/{id}", ["GET /files/{rest...}", "* /{rest...}"], None),
        ("GET /files/", ["* /files"], None),
    ],
)
def test_a_route_that_is_gone_leaves_its_requests_to_what_it_lay_within(
    gone: str, left: list[str], decides: str | None
) -> None:
    found = left_deciding([Route(pattern(text), "any") for text in left], pattern(gone))
    assert (found and str(found)) == decides


@given(tables(), requests, st.randoms())
def test_another_case_or_slash_never_comes_to_another_route(
    drawn: tuple[list[Route], RouteTable], request: tuple[str, str], chance: object
) -> None:
    _, table = drawn
    method, path = request
    here = table.match(method, path).route
    for other in (path.swapcase(), path.upper(), path.lower(), path.rstrip("/") or "/", f"{path}/"):
        try:
            there = table.match(method, other).route
        except AmbiguousPath:
            continue
        assert here is None or there is None or here == there


@given(patterns, patterns)
def test_two_that_could_both_win_are_refused_in_either_order(one: Pattern, two: Pattern) -> None:
    for first, second in ((one, two), (two, one)):
        nested = first.within(second) or second.within(first)
        expected: type[KeydeckError] | None = None
        if first.place == second.place:
            expected = RouteTaken
        elif first.overlaps(second) and not nested:
            expected = RoutesOverlap
        refusal: KeydeckError | None = None
        try:
            RouteTable([Route(first, "a:read"), Route(second, "a:read")])
        except KeydeckError as error:
            refusal = error
        assert (None if refusal is None else type(refusal)) is expected
        assert refusal is None or str(first) in str(refusal)
        assert refusal is None or str(second) in str(refusal)


def test_routes_are_looked_at_as_people_expect() -> None:
    table = _table(
        "GET /invoices",
        "GET /invoices/{id}",
        "GET /invoices/mine",
        "DELETE /invoices/{id}",
        "* /files/{rest...}",
        "GET /files/{name}",
        "GET /",
        "PUT /a/b/",
        "HEAD /invoices/mine",
    )
    assert len(table) == 9
    for method, path, wanted in (
        ("GET", "/invoices", "GET /invoices"),
        ("GET", "/invoices/7", "GET /invoices/{id}"),
        ("GET", "/invoices/mine", "GET /invoices/mine"),
        ("HEAD", "/invoices/mine", "HEAD /invoices/mine"),
        ("HEAD", "/invoices/7", "GET /invoices/{id}"),
        ("DELETE", "/invoices/mine", "DELETE /invoices/{id}"),
        ("POST", "/invoices", None),
        ("GET", "/invoices/", None),
        ("GET", "/Invoices/7", None),
        ("GET", "/invoices/Mine", None),
        ("GET", "/invoices/7/lines", None),
        ("GET", "/files", "* /files/{rest...}"),
        ("GET", "/files/", "* /files/{rest...}"),
        ("GET", "/files/a", "GET /files/{name}"),
        ("GET", "/files/a/", None),
        ("PUT", "/files/a/", "* /files/{rest...}"),
        ("PUT", "/files/a/b/c", "* /files/{rest...}"),
        ("GET", "/", "GET /"),
        ("PUT", "/a/b/", "PUT /a/b/"),
        ("PUT", "/a/b", None),
    ):
        assert _decides(table, method, path) == wanted, (method, path)


def test_a_path_that_is_nearly_a_route_says_which() -> None:
    table = _table("GET /invoices/mine", "GET /{any}/{id}", "GET /x:y")
    for path in ("/Invoices/mine", "/invoices/mine/", "/invoices/m%C4%B1ne", "/x%3Ay"):
        found = table.match("GET", path)
        if "%C4%B1" in path:
            # A dotless i is no i, however it is folded.
            assert str(found.route) == "GET /{any}/{id}"
        else:
            assert found.route is None
            assert found.nearly is not None
    long_s = _table("GET /kiss", "GET /{any}").match("GET", "/ki%C5%BFs")
    assert (long_s.route, str(long_s.nearly)) == (None, "GET /kiss")


def test_a_method_is_written_in_capitals_or_nobody_knows_which_it_is() -> None:
    table = _table("* /x", "DELETE /x")
    for method in ("delete", "Delete", "get"):
        with pytest.raises(AmbiguousPath, match="method"):
            table.match(method, "/x")


def test_what_is_refused_names_both_and_a_request() -> None:
    with pytest.raises(RoutesOverlap, match=r"both name GET /a/b, and neither"):
        _table("GET /a/{x}", "* /a/b")
    with pytest.raises(RoutesOverlap, match="both name GET /a/c/b"):
        _table("GET /a/{x}/b", "GET /a/c/{y}")
    with pytest.raises(RouteTaken, match="there already"):
        _table("GET /a", "GET /a")
    for same in ("GET /A/{y}", "GET /a/{other}", "GET /a/{x}/"):
        with pytest.raises(RouteTaken, match=r"the same place as GET /a/\{x\}"):
            _table("GET /a/{x}", same)


def test_a_third_route_decides_where_two_meet() -> None:
    both = ("GET /issues/{id}/labels", "GET /issues/comments/{id}")
    with pytest.raises(RoutesOverlap):
        _table(*both)
    table = _table(*both, "GET /issues/comments/labels")
    for path, wanted in (
        ("/issues/comments/labels", "GET /issues/comments/labels"),
        ("/issues/comments/7", both[1]),
        ("/issues/7/labels", both[0]),
    ):
        assert _decides(table, "GET", path) == wanted
