"""Rows that a verifier remembers: how many, and what is forgotten with what. No I/O.

Whoever has a way of being sure that they are still what the store says derives from it: a lease
(`store.domain.leases.holding`), or the header of SQLite's wal-index (`store.verifier.lookup`).
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

Row = TypeVar("Row")

MOST_REMEMBERED = 100_000


class Remembered(ABC, Generic[Row]):
    """What one verifier remembers, by id. Used by one thread alone."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        """`most` rows are remembered, the oldest makes room."""
        self._most = most
        self._rows: dict[str, Row] = {}
        # Of rows whose subject is another's: which they are, and what it is.
        self._ids_of: dict[str, set[str]] = {}
        self._subject_of: dict[str, str] = {}
        self._applied = 0

    @property
    @abstractmethod
    def live(self) -> bool:
        """Whether a request may be answered by what is remembered, now."""

    def unmoved(self) -> object | None:
        """Return what is another after any commit at all, None where nobody can tell."""
        return None

    def __len__(self) -> int:
        return len(self._rows)

    def recall(self, row_id: str) -> Row | None:
        """Return what is remembered of an id, None where nothing may be answered by it."""
        return self._rows.get(row_id) if self.live else None

    def ticket(self) -> int | None:
        """Return what to show to `keep` for a read that begins now; None while nothing is kept."""
        return self._applied if self.live else None

    def keep(self, ticket: int | None, subject: str, row_id: str, row: Row) -> bool:
        """Remember a row that was read under a ticket, unless a change was applied since.

        `subject` is the key or the connection that the row is about. Return whether it is kept.
        """
        # In this order: it may be found out only now that something was committed.
        if not self.live or ticket != self._applied:
            return False
        if row_id not in self._rows and len(self._rows) >= self._most:
            self._drop(next(iter(self._rows)))
        self._rows[row_id] = row
        if subject != row_id:
            self._ids_of.setdefault(subject, set()).add(row_id)
            self._subject_of[row_id] = subject
        return True

    def forget(self) -> None:
        """Forget every row, also those that are being read."""
        self._applied += 1
        self._rows.clear()
        self._ids_of.clear()
        self._subject_of.clear()

    def forget_about(self, subject: str) -> None:
        """Forget what is about a key or a connection, also what is being read."""
        self._applied += 1
        for row_id in (subject, *self._ids_of.get(subject, ())):
            self._drop(row_id)

    def _drop(self, row_id: str) -> None:
        self._rows.pop(row_id, None)
        subject = self._subject_of.pop(row_id, None)
        if subject is not None:
            siblings = self._ids_of[subject]
            siblings.discard(row_id)
            if not siblings:
                del self._ids_of[subject]
