"""The table of routes: which of them decides about a request.

A tree of the segments of their paths, folded. A literal segment is looked at before a place, a
place before the rest. Of two routes that overlap one lies within the other, or a third stands for
just the requests of both: so of those that a request falls under one lies within all others, and
that is found first.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from store.domain.routes.paths import read_path
from store.domain.routes.pattern import ANY, Pattern, Varies
from store.domain.routes.route import Route
from store.errors import AmbiguousPath, RoutesOverlap, RouteTaken

MOST_ROUTES = 20_000


class Match(NamedTuple):
    """What decides about a request."""

    route: Route | None
    """None where it is refused."""
    nearly: Route | None = None
    """The route that would decide, were its letters and its last slash written as they stand."""


class _Entry(NamedTuple):
    route: Route
    match: Match
    literals: tuple[tuple[int, str], ...]
    folded: bool
    """Whether each of those is as it is compared."""
    slash: bool | None
    """None where whatever is left may end as it likes."""


class _Node:
    """One place in the tree."""

    __slots__ = ("by_method", "literal", "one", "rest")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.one: _Node | None = None
        self.rest: _Node | None = None
        self.by_method: dict[str, _Entry] = {}


class RouteTable:
    """Routes that were checked against each other. Never changed once it is made."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Raises RouteTaken for two at one place, RoutesOverlap for two that could both win."""
        self._root = _Node()
        self._places: set[object] = set()
        self._crossing: list[tuple[Route, Route]] = []
        for route in routes:
            self._add(route)
        for one, two in self._ties():
            raise RoutesOverlap(str(one), str(two), one.pattern.example(two.pattern))

    def __len__(self) -> int:
        return len(self._places)

    def match(self, method: str, path: str) -> Match:
        """Return the route of a request, whose path is as it was sent and without its query.

        Raises AmbiguousPath for a path that is read in several ways, or a method that is.
        """
        if method not in _WRITTEN and method.upper() != method:
            # Django makes DELETE of delete, and others do not.
            raise AmbiguousPath(path, f"its method is written {method}, not {method.upper()}")
        sent, folded, slash = read_path(path)
        entry = self._found(method, folded)
        if entry is None:
            return _NOTHING
        if entry.slash is None or entry.slash == slash:
            if sent is folded and entry.folded:
                return entry.match
            for place, literal in entry.literals:
                if sent[place] != literal:
                    break
            else:
                return entry.match
        return Match(None, entry.route)

    def _found(self, method: str, segments: list[str]) -> _Entry | None:
        """Return the most specific route whose path these segments are, folded."""
        node, at, number = self._root, 0, len(segments)
        later: list[tuple[_Node, int]] = []
        while True:
            while at < number:
                below, one = node.literal.get(segments[at]), node.one
                if node.rest is not None:
                    later.append((node.rest, number))
                at += 1
                if below is not None:
                    if one is not None:
                        later.append((one, at))
                    node = below
                elif one is not None:
                    node = one
                else:
                    break
            else:
                entry = node.by_method.get(method) or _of_method(node, method)
                if entry is None and node.rest is not None:
                    entry = _of_method(node.rest, method)
                if entry is not None:
                    return entry
            if not later:
                return None
            node, at = later.pop()

    def _ties(self) -> list[tuple[Route, Route]]:
        return [
            (one, two)
            for one, two in self._crossing
            if one.pattern.meet(two.pattern).place not in self._places
        ]

    def _add(self, route: Route) -> None:
        for other in self._met(self._root, route.pattern, 0):
            if other.pattern.place == route.pattern.place:
                raise RouteTaken(str(route), str(other))
            nested = route.pattern.within(other.pattern) or other.pattern.within(route.pattern)
            if route.pattern.overlaps(other.pattern) and not nested:
                self._crossing.append((route, other))
        self._places.add(route.pattern.place)
        node = self._root
        for segment in route.pattern.folded:
            if isinstance(segment, str):
                node = node.literal.setdefault(segment, _Node())
            elif segment is Varies.ONE:
                node.one = node.one or _Node()
                node = node.one
            else:
                node.rest = node.rest or _Node()
                node = node.rest
        node.by_method[route.pattern.method] = _entry(route)

    def _met(self, node: _Node, given: Pattern, at: int) -> Iterator[Route]:
        """Give the routes whose paths some path of a pattern is, too; more where it is open."""
        segments = given.folded
        if at == len(segments):
            for end in (node, node.rest):
                if end is not None:
                    yield from (entry.route for entry in end.by_method.values())
            return
        segment = segments[at]
        if segment is Varies.REST:
            yield from _below(node)
            return
        if node.rest is not None:
            yield from (entry.route for entry in node.rest.by_method.values())
        if isinstance(segment, str):
            branches = [node.literal.get(segment), node.one]
        else:
            branches = [*node.literal.values(), node.one]
        for branch in branches:
            if branch is not None:
                yield from self._met(branch, given, at + 1)


_NOTHING = Match(None)
_WRITTEN = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that need no look at how they are written."""


def ties(routes: Iterable[Route]) -> list[tuple[Route, Route]]:
    """Return which two routes could both win, and no third stands for the requests of both.

    Raises RouteTaken for two at one place.
    """
    table = RouteTable(())
    for route in routes:
        table._add(route)
    return table._ties()


def left_deciding(routes: Iterable[Route], gone: Pattern) -> Route | None:
    """Return which of the routes that are left decides about what one that is gone decided.

    The most specific of those that it lies within: a narrower one has its requests all along. None
    where those of the one that is gone, written as it was, are refused then.
    """
    nearest: Route | None = None
    for one in routes:
        if gone.within(one.pattern) and (nearest is None or one.pattern.within(nearest.pattern)):
            nearest = one
    return nearest if nearest is not None and _as_written(gone, nearest.pattern) else None


def _as_written(given: Pattern, around: Pattern) -> bool:
    """Return whether letters and last slash of a pattern are as one around it has them."""
    literal = all(
        given.segments[place] == segment
        for place, segment in enumerate(around.segments)
        if isinstance(segment, str)
    )
    return literal and (around.open_ended or around.slash == given.slash)


def _entry(route: Route) -> _Entry:
    pattern = route.pattern
    literals = tuple(
        (place, segment)
        for place, segment in enumerate(pattern.segments)
        if isinstance(segment, str)
    )
    folded = pattern.segments == pattern.folded
    slash = None if pattern.open_ended else pattern.slash
    return _Entry(route, Match(route), literals, folded, slash)


def _of_method(node: _Node, method: str) -> _Entry | None:
    found = node.by_method
    entry = found.get(method)
    if entry is None and method == "HEAD":
        entry = found.get("GET")
    return found.get(ANY) if entry is None else entry


def _below(node: _Node) -> Iterator[Route]:
    yield from (entry.route for entry in node.by_method.values())
    for branch in (*node.literal.values(), node.one, node.rest):
        if branch is not None:
            yield from _below(branch)
