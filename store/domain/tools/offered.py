"""Which tools there are for a connection: those whose route takes no more than it has."""

from collections.abc import Iterable
from dataclasses import dataclass

from store.domain.routes.pattern import Pattern, Varies, pattern
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.scopes import Scopes, scope
from store.domain.tools.naming import told_apart
from store.domain.tools.tool import MOST_TOOLS, Tool, ToolDocument
from store.errors import AmbiguousPath

# As good as anything else in a place: no route names it.
_SOMETHING = "0keydeck0"


@dataclass(frozen=True, slots=True)
class Offer:
    """One tool, where it is called, and what it needs where no other route stands in the way."""

    tool: Tool
    upstream: str
    needed: tuple[str, ...] | None
    """Scopes; None where no route names what it calls, and every call is refused."""

    def opened_by(self, granted: set[str]) -> bool:
        """Return whether a connection with these scopes is told of it."""
        return self.needed is not None and granted.issuperset(self.needed)


class Offers:
    """Every tool by its name. Never changed once it is made."""

    def __init__(self, documents: Iterable[ToolDocument], table: RouteTable | None) -> None:
        self.by_name: dict[str, Offer] = {}
        for document in documents:
            for tool in document.tools[: MOST_TOOLS - len(self.by_name)]:
                name = tool.name
                if name in self.by_name:
                    name = told_apart(name, f"{document.title} {name}")
                route = None if table is None else deciding(table, pattern_of(tool))
                needed = None if route is None else route.needed
                self.by_name[name] = Offer(tool, document.upstream, needed)

    @property
    def scopes(self) -> Scopes:
        """What has to be granted for all of them."""
        return frozenset(
            scope(text) for offer in self.by_name.values() for text in offer.needed or ()
        )


def pattern_of(tool: Tool) -> Pattern:
    """Return what requests a tool makes."""
    return pattern(f"{tool.method} {tool.path}")


def deciding(table: RouteTable, asked: Pattern) -> Route | None:
    """Return the route that decides about all requests of a pattern, but for narrower ones."""
    example = "".join(
        f"/{_SOMETHING if isinstance(one, Varies) else one}" for one in asked.segments
    )
    try:
        found = table.match(asked.method, example + ("/" if asked.slash or not example else ""))
    except AmbiguousPath:
        return None
    return found.route
