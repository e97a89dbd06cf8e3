"""A verifier's side of a lease: what it remembers, and until when. No I/O; see the package."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from store.domain.leases.clock import usable_s
from store.domain.remembered import MOST_REMEMBERED, Remembered

Row = TypeVar("Row")

EVERYTHING = ""
"""The subject of a change that is about all there is."""


class Holding(Remembered[Row]):
    """What one verifier remembers under its lease, by id. Used by one thread alone."""

    def __init__(
        self, lease_s: float, clock: Callable[[], float], most: int = MOST_REMEMBERED
    ) -> None:
        """`clock` is in seconds; `most` rows are remembered, the oldest makes room."""
        super().__init__(most)
        self.lease_s = lease_s
        self.revision = -1
        """Every change up to this one has been applied."""
        self.timeline: str | None = None
        self._clock = clock
        self._ends = float("-inf")

    @property
    def live(self) -> bool:
        """Whether the lease still runs."""
        return self._clock() < self._ends

    @property
    def ends(self) -> float:
        """When the lease ends, on its clock."""
        return self._ends

    def asks(self) -> float:
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
            if subject == EVERYTHING:
                self.forget()
                break
            self.forget_about(subject)
        self.revision = revision

    def void(self) -> None:
        """Give the lease up, and all that was remembered under it."""
        self._ends = float("-inf")
        self.forget()
