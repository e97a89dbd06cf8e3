"""Each rule of `store.domain.leases`, left out: by its number, and by the part that is broken.

What a Holding or a Settlement sees to is broken here; what its callers and the database see to is
asked for by name in `tests.leases.parties`.
"""

from collections.abc import Callable, Iterable

from store.domain.leases.clock import LONGEST_S, over_s
from store.domain.leases.holding import Holding
from store.domain.leases.settling import Picture, Settlement, Waiting
from tests.leases.world import Row

LEFT_OUT = {
    "1, before it read": "A lease is counted from when it is asked for.",
    "1, DRIFT": "A lease is used for its whole length.",
    "2": "Memory answers, whatever the time.",
    "3": "A lease that is granted late leaves what was remembered under the one before.",
    "4": "What is read while the lease is asked for is remembered.",
    "5": "What was being read while a change was applied is remembered.",
    "6": "A change is confirmed, then applied.",
    "7": "A verifier goes on on another timeline.",
    "8": "A plan is switched, and no change noted down.",
    "9": "Changes take their numbers in another order than they commit in.",
    "10": "The leases are read before the commit.",
    "11": "Nobody is waited for.",
    "11, DRIFT": "A lease is waited out for its length.",
    "11, since it read": "Leases are waited out from the commit, though a later one is awaited.",
    "12": "Leases that the server before may have granted are not thought of.",
    "12, since it saw it": "They are waited out from a commit on the server before.",
    "13": "The commit does not wait for the standby.",
    "14": "A lease is noted down as lapsed although it was renewed.",
    "14, timeline": "So is one with as many renewals on another timeline.",
    "14, registration": "So is one with as many renewals of another registration.",
    "15": "Changes that are noted down no more count as none.",
    "16": "Verifiers are removed before their lease has lapsed.",
    "16, given up before": "A verifier leaves, and then gives its lease up.",
}


class _CountedWhole(Holding[Row]):
    def granted(self, asked_at: float, timeline: str) -> None:
        super().granted(asked_at, timeline)
        if self.live:
            self._ends = asked_at + self.lease_s


class _WithoutAClock(Holding[Row]):
    def recall(self, row_id: str) -> Row | None:
        return self._rows.get(row_id)


class _Unforgetting(Holding[Row]):
    def granted(self, asked_at: float, timeline: str) -> None:
        rows = dict(self._rows)
        super().granted(asked_at, timeline)
        self._rows = rows


class _WithoutTickets(Holding[Row]):
    def keep(self, ticket: int | None, subject: str, row_id: str, row: Row) -> bool:
        return super().keep(self.ticket(), subject, row_id, row)


class _OnAnyTimeline(Holding[Row]):
    def apply(self, revision: int, subjects: Iterable[str], timeline: str) -> None:
        self.timeline = timeline
        super().apply(max(self.revision, revision), subjects, timeline)


_HOLDINGS: dict[str, type[Holding[Row]]] = {
    "1, DRIFT": _CountedWhole,
    "2": _WithoutAClock,
    "3": _Unforgetting,
    "5": _WithoutTickets,
    "7": _OnAnyTimeline,
}


def holding(rule: str, lease_s: float, clock: Callable[[], float]) -> Holding[Row]:
    """Return what a verifier remembers that keeps every rule but one."""
    return _HOLDINGS.get(rule, Holding[Row])(lease_s, clock)


class _Impatient(Settlement):
    @property
    def in_force(self) -> bool:
        return True


class _Counting(Settlement):
    """Counts otherwise how long the leases last that it has seen."""

    def recount(self, until: Callable[[float], float]) -> None:
        """Set the end of each to what its length in seconds gives."""
        for name, waiting in self._waiting.items():
            self._waiting[name] = Waiting(waiting.lease, until(waiting.lease.lease_ms / 1000))


class _Elderless(Settlement):
    def look(self, picture: Picture, now: float) -> None:
        super().look(picture, now)
        self.elders_until = None


def settlement(
    rule: str, committed_at: float, picture: Picture, *, seen_at: float, committed_on: str
) -> Settlement:
    """Return a change on its way to being in force, by every rule but one."""
    kind = {"11": _Impatient, "12": _Elderless}.get(rule, _Counting)
    made = kind(committed_at, picture, seen_at=seen_at, committed_on=committed_on)
    if not isinstance(made, _Counting):
        return made
    if rule == "11, DRIFT":
        made.recount(lambda lease_s: seen_at + lease_s)
    elif rule == "11, since it read":
        made.recount(lambda lease_s: committed_at + over_s(lease_s))
    elif rule == "12, since it saw it" and made.elders_until is not None:
        made.elders_until = committed_at + over_s(LONGEST_S)
    return made
