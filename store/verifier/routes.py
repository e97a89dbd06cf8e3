"""The routes of the admin's own API, as one worker keeps them: to make their table takes time."""

from store.domain.routes.table import RouteTable
from store.errors import InvalidInput, RefusedByRule, StoreDamaged
from store.persistence.prepared import Row
from store.persistence.repositories.routes import routes_of
from store.verifier.kept import Kept
from store.verifier.lookup.reader import Lookup
from store.verifier.memory import Memory


class Routes(Kept[RouteTable | None]):
    """One worker's. Used by its loop alone."""

    def __init__(self, lookup: Lookup, memory: Memory | None) -> None:
        """`memory` is what the worker goes by, None where each request reads."""
        super().__init__(lookup, memory, None)

    def table(self) -> RouteTable | None:
        """Return the routes as they are now, None where there are none.

        Raises StoreUnusable where nobody can tell.
        """
        return self._now()

    def _read(self) -> list[Row]:
        return self._lookup.routes()

    def _made(self, rows: list[Row]) -> RouteTable | None:
        try:
            return RouteTable(routes_of(rows)) if rows else None
        except (InvalidInput, RefusedByRule) as error:
            # Somebody else wrote them: no request passes by half a table.
            why = f"its routes do not go together: {error}"
            raise StoreDamaged(self._lookup.place, why) from None
