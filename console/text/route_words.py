"""Routes in words and as JSON. Pure; nothing is made safe for a screen yet."""

from typing import Any

from store.domain.routes.route import ANY_KEY, PUBLIC, Route
from store.domain.routes.table import Match

NO_ROUTES = "/api/v1/authorize lets every good key pass, for anything."
"""What holds where there is no route."""
NOT_NAMED = "no route names it"


def route_object(route: Route) -> dict[str, Any]:
    """Return a route as JSON has it."""
    return {
        "route": str(route),
        "method": route.pattern.method,
        "path": route.pattern.path,
        "scopes": list(route.needed),
        "public": route.public,
        "document": route.document,
    }


def needs(route: Route) -> str:
    """Return what a route needs, in words: `needs invoices:read`."""
    if route.public:
        return "needs no key"
    return f"needs {' and '.join(route.needed)}" if route.needed else "needs any good key"


def origin(route: Route) -> str:
    """Return where a route came from."""
    return route.document or "by hand"


def listed(route: Route) -> str:
    """Return what a route needs as a column has it."""
    return {PUBLIC: "no key", ANY_KEY: "any good key"}.get(route.needs, route.needs)


def matched(match: Match) -> str:
    """Return what becomes of a request, in a sentence or two."""
    if match.route is not None:
        return f"{match.route} {needs(match.route)}."
    but = f" {match.nearly} does, but for its capitals or its last slash." if match.nearly else ""
    return f"{NOT_NAMED[0].upper()}{NOT_NAMED[1:]}, so it is refused.{but}"


def ambiguous(reason: object) -> str:
    """Return what becomes of a request whose path is read in several ways, and why."""
    return f"{reason} It is refused, whatever the key."


def counted(routes: int, public: int) -> str:
    """Return how many routes there are: `12 routes · 2 public`."""
    number = f"{routes:,} route{'' if routes == 1 else 's'}"
    return f"{number} · {public:,} public" if public else number
