"""The catalogue of routes of the admin's own API."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select

from store.domain.routes.pattern import Pattern, pattern
from store.domain.routes.route import Route
from store.persistence.prepared import Row, statement
from store.persistence.schema import routes

READ = statement("SELECT method, path, needs, document FROM routes ORDER BY path, method")
"""Every route, for whoever keeps them."""


def routes_of(rows: Iterable[Row]) -> list[Route]:
    """Return routes from their rows. Raises Invalid for one that somebody else wrote."""
    return [
        Route(pattern(f"{method} {path}"), needs, document)
        for method, path, needs, document in rows
    ]


class Routes:
    """One transaction's view of the routes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Route]:
        """Return every route, by path and method."""
        query = select(routes).order_by(routes.c.path, routes.c.method)
        return routes_of(tuple(row) for row in self._connection.execute(query))

    def add(self, added: Sequence[Route]) -> None:
        """Add routes."""
        if added:
            self._connection.execute(insert(routes), [_row(route) for route in added])

    def delete(self, removed: Sequence[Pattern]) -> None:
        """Remove routes."""
        if removed:
            self._connection.execute(
                delete(routes).where(_at("old_method", "old_path")), [_key(one) for one in removed]
            )


def _at(method: str, path: str) -> ColumnElement[bool]:
    return (routes.c.method == bindparam(method)) & (routes.c.path == bindparam(path))


def _key(one: Pattern) -> dict[str, str]:
    return {"old_method": one.method, "old_path": one.path}


def _row(route: Route) -> dict[str, str | None]:
    return {
        "method": route.pattern.method,
        "path": route.pattern.path,
        "needs": route.needs,
        "document": route.document,
    }
