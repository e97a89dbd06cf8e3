"""The tools of the admin's own API, as one worker keeps them: of the store, and of its start.

Apart from /mcp, which loads a protocol: what can be asked for (`requestable_scopes`) depends on
them, too.
"""

from collections.abc import Sequence

from store.domain.routes.table import RouteTable
from store.domain.tools.offered import Offers
from store.domain.tools.tool import ToolDocument
from store.errors import InvalidInput, StoreDamaged
from store.persistence.prepared import Row
from store.persistence.repositories.tools import documents_of
from store.verifier.kept import Kept
from store.verifier.lookup.reader import Lookup
from store.verifier.memory import Memory
from store.verifier.routes import Routes


class _Documents(Kept[Sequence[ToolDocument]]):
    def __init__(self, lookup: Lookup, memory: Memory | None) -> None:
        super().__init__(lookup, memory, ())

    def now(self) -> Sequence[ToolDocument]:
        return self._now()

    def _read(self) -> list[Row]:
        return self._lookup.tools()

    def _made(self, rows: list[Row]) -> Sequence[ToolDocument]:
        try:
            return documents_of(rows)
        except InvalidInput as error:
            why = f"its tools cannot be read: {error}"
            raise StoreDamaged(self._lookup.place, why) from None


class OwnTools:
    """One worker's. Used by its loop alone."""

    def __init__(
        self, lookup: Lookup, memory: Memory | None, served: Sequence[ToolDocument] = ()
    ) -> None:
        """`served` are those of this verifier alone; they stand for the store's of their titles."""
        self._served = tuple(served)
        self._titles = {one.title for one in served}
        self._documents = _Documents(lookup, memory)
        self._routes = Routes(lookup, memory)
        self._made_of: tuple[Sequence[ToolDocument], RouteTable | None] = ((), None)
        self._offers = Offers(self._served, None)

    def offers(self) -> Offers:
        """Return the tools as they are now. Raises StoreUnusable where nobody can tell."""
        documents, table = self._documents.now(), self._routes.table()
        before, table_before = self._made_of
        if documents is not before or table is not table_before:
            kept = [one for one in documents if one.title not in self._titles]
            self._offers = Offers([*self._served, *kept], table)
            self._made_of = documents, table
        return self._offers

    def table(self) -> RouteTable | None:
        """Return the routes by which calls are judged, None where there are none.

        Raises StoreUnusable.
        """
        return self._routes.table()
