"""The revoker's side of leases: when a change is in force. No I/O; see the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from store.domain.leases.clock import LONGEST_S, over_s


class Lease(NamedTuple):
    """A lease as the database knows it."""

    verifier: str
    host: str
    process: int
    revision: int
    """What its verifier has confirmed."""
    lease_ms: int
    timeline: str | None
    renewals: int


class Picture(NamedTuple):
    """The leases there are, none of which is known to have lapsed, seen at one instant."""

    revision: int
    timeline: str
    settled: bool
    """Whether the leases of older timelines were waited out on this one."""
    leases: Sequence[Lease]


class SettledBy(StrEnum):
    """Why a verifier can no longer act on what was before."""

    CONFIRMED = "confirmed"
    LEFT = "left"
    """It is not there any more: it left, or somebody else saw its lease run out."""
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A verifier that may still act on what was before."""

    lease: Lease
    until: float
    """When its lease has run out for sure, on the revoker's clock."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A verifier that cannot, and since when."""

    lease: Lease
    how: SettledBy
    after_s: float
    """Since the commit."""


class Settlement:
    """One committed change on its way to being in force."""

    def __init__(
        self,
        committed_at: float,
        picture: Picture,
        *,
        seen_at: float | None = None,
        committed_on: str | None = None,
    ) -> None:
        """`committed_at` is the revoker's clock once its commit returned; the picture is younger.

        `seen_at` is that clock once the picture was there, by default at once; `committed_on` the
        timeline that the change was made on, by default the picture's. What is waited for is the
        picture's revision: the change's own, or one after it.
        """
        seen_at = committed_at if seen_at is None else seen_at
        self._committed_at = committed_at
        self._revision = picture.revision
        self._waiting: dict[str, Waiting] = {}
        self.settled: list[Settled] = []
        self.timeline = picture.timeline
        self.moved = committed_on not in (None, picture.timeline)
        """Whether the database went over to another timeline meanwhile, or to an earlier state.

        Then a commit that no synchronous standby had may be lost.
        """
        self.elders_until: float | None = None
        """Until when leases of older timelines, which nobody here knows, may run."""
        if not picture.settled:
            self.elders_until = seen_at + over_s(LONGEST_S)
        for lease in picture.leases:
            # Not from the commit: it may have been renewed since, and is said to have lapsed.
            until = seen_at + over_s(lease.lease_ms / 1000)
            self._waiting[lease.verifier] = Waiting(lease, until)
        self.look(picture, seen_at)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The verifiers that are waited for."""
        return tuple(self._waiting.values())

    @property
    def in_force(self) -> bool:
        """Whether no verifier can act on what was before."""
        return not self._waiting and self.elders_until is None

    @property
    def over_by(self) -> float | None:
        """When all that is waited for has run out, even if nobody says more; None for nothing."""
        ends = [waiting.until for waiting in self.waiting]
        if self.elders_until is not None:
            ends.append(self.elders_until)
        return max(ends, default=None)

    def look(self, picture: Picture, now: float) -> None:
        """Take in how things stood at or before an instant of the revoker's clock."""
        if picture.timeline != self.timeline:
            # From now on: the server before it may have granted leases until it ended.
            self.timeline, self.moved = picture.timeline, True
            self.elders_until = now + over_s(LONGEST_S)
        elif picture.revision < self._revision:
            self.moved = True
        if picture.settled:
            self.elders_until = None
        there = {lease.verifier: lease for lease in picture.leases}
        for verifier, waiting in list(self._waiting.items()):
            lease = there.get(verifier)
            if lease is not None and self._confirms(lease):
                self._settle(waiting, SettledBy.CONFIRMED, now)
            elif lease is None and not self.moved:
                self._settle(waiting, SettledBy.LEFT, now)
        self.pass_time(now)

    def pass_time(self, now: float) -> None:
        """Count the leases that have run out by an instant, when the database cannot be read."""
        for waiting in self.waiting:
            if now >= waiting.until:
                self._settle(waiting, SettledBy.LAPSED, now)
        if self.elders_until is not None and now >= self.elders_until:
            self.elders_until = None

    def _confirms(self, lease: Lease) -> bool:
        return lease.timeline == self.timeline and lease.revision >= self._revision

    def _settle(self, waiting: Waiting, how: SettledBy, now: float) -> None:
        del self._waiting[waiting.lease.verifier]
        self.settled.append(Settled(waiting.lease, how, now - self._committed_at))
