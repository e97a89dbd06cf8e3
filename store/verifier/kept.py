"""What one worker keeps of whole tables: made anew once they are others.

Whether they may be, memory says (`store.domain.remembered`): as long as nothing was forgotten
there, nothing was committed that it depends on. Without memory, and after anything was forgotten,
the store is asked for what every change of such a table makes another.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from store.persistence.prepared import Row
from store.verifier.lookup.reader import Lookup
from store.verifier.memory import Memory

T = TypeVar("T")


class Kept(ABC, Generic[T]):
    """One worker's. Used by its loop alone."""

    def __init__(self, lookup: Lookup, memory: Memory | None, nothing: T) -> None:
        """`memory` is what the worker goes by, None where each request reads.

        `nothing` is what is made of no rows.
        """
        self._lookup, self._memory = lookup, memory
        self._ticket: int | None = None
        self._state: object = None
        self._rows: list[Row] = []
        self._found = nothing

    @abstractmethod
    def _read(self) -> list[Row]:
        """Read the rows. Raises StoreUnusable."""

    @abstractmethod
    def _made(self, rows: list[Row]) -> T:
        """Return what is kept of rows. Raises StoreDamaged."""

    def _now(self) -> T:
        """Return it as it is now. Raises StoreUnusable where nobody can tell."""
        # Before anything is read: what is committed after it is another ticket.
        ticket = None if self._memory is None else self._memory.ticket()
        if ticket is None or ticket != self._ticket:
            self._ticket = None
            self._look()
            self._ticket = ticket
        return self._found

    def _look(self) -> None:
        state = self._lookup.state()
        if state == self._state:
            return
        # In this order: rows that are younger than what was asked first are read once more.
        rows = self._read()
        if rows != self._rows:
            self._state = None
            self._found = self._made(rows)
            self._rows = rows
        self._state = state
