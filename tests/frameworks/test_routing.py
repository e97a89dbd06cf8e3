"""The path a framework routes on is the one that was judged, or the request was refused."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.domain.routes.pattern import pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.errors import AmbiguousPath
from tests.frameworks.apps import FRAMEWORKS, ROUTES, Ask

TABLE = RouteTable(Route(pattern(f"GET {path}"), "any") for path in ROUTES)
WORDS = ("admin", "Admin", "keys", "files", "edit", "items:batch", "x")
SIGNS = ("%61", "%2e", ".", "%2f", "/", "//", "%5c", ";", ":", "%3A", "%3a", "%20", "%00", "%25")
MORE = (
    "%C3%A9",
    "%c3%a9",
    "%C5%BF",
    "..",
    "%252e",
    "%0a",
    "+",
    "@",
    "%40",
    "~",
    "%7E",
    "%EF%BC%8F",
)
_parts = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from((*SIGNS, *MORE)))
_segments = st.lists(_parts, min_size=1, max_size=2).map("".join)
paths = st.builds(
    lambda segments, end: "/" + "/".join(segments) + end,
    st.lists(_segments, max_size=3),
    st.sampled_from(("", "", "/")),
)


@pytest.fixture(scope="module", params=list(FRAMEWORKS))
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """How one framework routes."""
    with FRAMEWORKS[request.param]() as asks:
        yield asks


def _judged(path: str) -> str | None:
    """Return the route that a request was let pass by, None where it was refused."""
    try:
        found = TABLE.match("GET", path).route
    except AmbiguousPath:
        return None
    return None if found is None else found.pattern.path


@pytest.mark.parametrize(
    "path",
    ["/", "/admin", "/admin/keys", "/admin/7", "/files/a/b", "/items:batch", "/x", "/x/edit"],
)
def test_what_is_plain_is_routed_as_it_was_judged(ask: Ask, path: str) -> None:
    assert ask(path) == _judged(path) is not None


@settings(max_examples=120)
@given(paths)
def test_no_framework_routes_on_another_path_than_was_judged(ask: Ask, path: str) -> None:
    judged = _judged(path)
    assert judged is None or ask(path) in (None, judged)
