"""A verifier's side of a lease: what it remembers, and until when. No I/O; see the package."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from store.domain.leases.clock import usable_s

Row = TypeVar("Row")

MOST_REMEMBERED = 100_000
EVERYTHING = ""
"""The subject of a change that is about all there is."""


class Holding(Generic[Row]):
    """What one verifier remembers under its lease, by id. Used by one thread alone."""

    def __init__(
        self, lease_s: float, clock: Callable[[], float], most: int = MOST_REMEMBERED
    ) -> None:
        """`clock` is in seconds; `most` rows are remembered, the oldest makes room."""
        self.lease_s = lease_s
        self.revision = -1
        """Every change up to this one has been applied."""
        self.timeline: str | None = None
        self._clock = clock
        self._most = most
        self._rows: dict[str, Row] = {}
        # Of rows whose subject is another's: which they are, and what it is.
        self._ids_of: dict[str, set[str]] = {}
        self._subject_of: dict[str, str] = {}
        self._ends = float("-inf")
        self._applied = 0

    @property
    def live(self) -> bool:
        """Whether the lease still runs."""
        return self._clock() < self._ends

    @property
    def ends(self) -> float:
        """When the lease ends, on its clock."""
        return self._ends

    def __len__(self) -> int:
        return len(self._rows)

    def recall(self, row_id: str) -> Row | None:
        """Return what is remembered of an id while the lease runs, else None."""
        return self._rows.get(row_id) if self._clock() < self._ends else None

    def ticket(self) -> int | None:
        """Return what to show to `keep` for a read that begins now; None while nothing is kept."""
        return self._applied if self.live else None

    def keep(self, ticket: int | None, subject: str, row_id: str, row: Row) -> bool:
        """Remember a row that was read under a ticket, unless a change was applied since.

        `subject` is the key or the connection that the row is about. Return whether it is kept.
        """
        if ticket != self._applied or not self.live:
            return False
        if row_id not in self._rows and len(self._rows) >= self._most:
            self._drop(next(iter(self._rows)))
        self._rows[row_id] = row
        if subject != row_id:
            self._ids_of.setdefault(subject, set()).add(row_id)
            self._subject_of[row_id] = subject
        return True

    def authorization_requests(self) -> float:
        """Return the instant that a renewal is to be counted from: before what changed is read."""
        return self._clock()

    def granted(self, asked_at: float, timeline: str) -> None:
        """Take in a lease that is counted from an instant of `asks`, and is committed.

        One of another timeline than that of `apply` is none: what was applied there is not known.
        """
        if timeline != self.timeline:
            self.void()
            return
        if not self.live:
            self.forget()
        self._ends = asked_at + usable_s(self.lease_s)

    def apply(self, revision: int, subjects: Iterable[str], timeline: str) -> None:
        """Forget what changes up to a revision are about.

        It must be done before the revision is confirmed to the database.
        """
        if timeline != self.timeline or revision < self.revision:
            self.void()
            self.timeline = timeline
        for subject in subjects:
            self._applied += 1
            if subject == EVERYTHING:
                self.forget()
                break
            for row_id in (subject, *self._ids_of.get(subject, ())):
                self._drop(row_id)
        self.revision = revision

    def forget(self) -> None:
        """Forget every row, also those that are being read."""
        self._applied += 1
        self._rows.clear()
        self._ids_of.clear()
        self._subject_of.clear()

    def void(self) -> None:
        """Give the lease up, and all that was remembered under it."""
        self._ends = float("-inf")
        self.forget()

    def _drop(self, row_id: str) -> None:
        self._rows.pop(row_id, None)
        subject = self._subject_of.pop(row_id, None)
        if subject is not None:
            siblings = self._ids_of[subject]
            siblings.discard(row_id)
            if not siblings:
                del self._ids_of[subject]
