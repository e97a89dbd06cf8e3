"""Routes and requests drawn from a small alphabet, so that they meet often."""

from hypothesis import strategies as st

from store.domain.routes.pattern import pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.errors import RoutesOverlap, RouteTaken

METHODS = ("GET", "HEAD", "POST", "*")
SEGMENTS = ("a", "b", "A", "a:b", "{x}")
ASKED = ("a", "b", "A", "c", "a:b", "a%3Ab", "%C3%A9")

_bodies = st.lists(st.sampled_from(SEGMENTS), max_size=3)
_ends = st.sampled_from(("", "", "", "/", "/{rest...}"))


def _path(segments: list[str], end: str) -> str:
    written = "".join(f"/{segment}" for segment in segments)
    return written + end or "/"


patterns = st.builds(
    lambda method, body, end: pattern(f"{method} {_path(body, end)}"),
    st.sampled_from(METHODS),
    _bodies,
    _ends,
)
requests = st.tuples(
    st.sampled_from(("GET", "HEAD", "POST", "PUT")),
    st.builds(_path, st.lists(st.sampled_from(ASKED), max_size=4), st.sampled_from(("", "", "/"))),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Route], RouteTable]:
    """Draw routes that go together, and their table."""
    kept: list[Route] = []
    for drawn in draw(st.lists(patterns, max_size=8)):
        # Where two meet and neither lies within the other, a third may stand.
        met = [one.pattern.meet(drawn) for one in kept if one.pattern.overlaps(drawn)]
        for more in ([drawn], [drawn, *dict.fromkeys(met)]):
            added = [Route(one, "a:read") for one in more]
            try:
                RouteTable([*kept, *added])
            except (RouteTaken, RoutesOverlap):
                continue
            kept.extend(added)
            break
    return kept, RouteTable(draw(st.permutations(kept)))
