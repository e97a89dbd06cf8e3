"""The routes of the admin's own API, as one worker keeps them.

To make their table takes milliseconds, so it is made anew only once they are others. Whether they
may be, memory says (`store.domain.remembered`): as long as nothing was forgotten there, nothing was
committed that it depends on. Without memory, and after anything was forgotten, the store is asked
for what every change of a route makes another.
"""

from store.domain.routes.table import RouteTable
from store.errors import InvalidInput, RefusedByRule, StoreDamaged
from store.persistence.prepared import Row
from store.persistence.repositories.routes import routes_of
from store.verifier.lookup.reader import Lookup
from store.verifier.memory import Memory


class Routes:
    """One worker's. Used by its loop alone."""

    def __init__(self, lookup: Lookup, memory: Memory | None) -> None:
        """`memory` is what the worker goes by, None where each request reads."""
        self._lookup, self._memory = lookup, memory
        self._ticket: int | None = None
        self._state: object = None
        self._rows: list[Row] = []
        self._table: RouteTable | None = None

    def table(self) -> RouteTable | None:
        """Return the routes as they are now, None where there are none.

        Raises StoreUnusable where nobody can tell.
        """
        # Before anything is read: what is committed after it is another ticket.
        ticket = None if self._memory is None else self._memory.ticket()
        if ticket is None or ticket != self._ticket:
            self._ticket = None
            self._look()
            self._ticket = ticket
        return self._table

    def _look(self) -> None:
        state = self._lookup.state()
        if state == self._state:
            return
        # In this order: rows that are younger than what was asked first are read once more.
        rows = self._lookup.routes()
        if rows != self._rows:
            self._state = None
            self._table = self._made(rows)
            self._rows = rows
        self._state = state

    def _made(self, rows: list[Row]) -> RouteTable | None:
        try:
            return RouteTable(routes_of(rows)) if rows else None
        except (InvalidInput, RefusedByRule) as error:
            # Somebody else wrote them: no request passes by half a table.
            why = f"its routes do not go together: {error}"
            raise StoreDamaged(self._lookup.place, why) from None
