"""The verifiers that run, as each last told of itself. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store.domain.leases.clock import over_s
from store.domain.times import SECOND

HEARTBEAT_MS = 5 * SECOND
"""How often a verifier tells of itself that holds no lease."""
RENEWALS = 3
"""How often in the length of its lease one tells of itself that holds one."""
_MISSED = 1.5
_GONE_AFTER = 3
GONE_AFTER_MS = HEARTBEAT_MS * _GONE_AFTER
"""After so long without a word one that holds no lease is gone."""


class ProcessHealth(StrEnum):
    """Whether a verifier is as it should be."""

    SERVING = "serving"
    BEHIND = "behind"
    GONE = "gone"


class Held(StrEnum):
    """What became of a lease."""

    LIVE = "live"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class VerifierProcess:
    """One process of the verifier."""

    id: str
    """Another at each start."""
    host: str
    process: int
    version: str
    address: str
    started_at: int
    seen_at: int
    """When it last told of itself, in UTC milliseconds by the store's clock."""
    seen_ms_ago: int
    requests: int
    refusals: int
    """Since its start."""
    recent_ms: int
    recent_requests: int
    recent_refusals: int
    """In the time before it was last seen."""
    revision: int
    behind_by: int
    """Changes that had not reached what it remembers when this was read."""
    lease_ms: int | None
    """None where it reads through, and remembers nothing."""
    lapsed: bool
    proxied: bool = False
    """Whether it was told of a proxy, and so sees who calls behind one."""
    renewals: int = 0
    """Of its lease."""

    @property
    def name(self) -> str:
        """What it is called: `web-2 (4711)`."""
        return f"{self.host} ({self.process})"

    @property
    def requests_per_second(self) -> float:
        """How many requests it answered a second before it was last seen, refusals included."""
        return _rate(self.recent_requests, self.recent_ms)

    @property
    def refusals_per_second(self) -> float:
        """How many of them it refused."""
        return _rate(self.recent_refusals, self.recent_ms)

    @property
    def lag(self) -> int | None:
        """Changes it has not applied yet; None where it remembers nothing to apply them to."""
        forgets = self.lease_ms is None or self.health is ProcessHealth.GONE
        return None if forgets else self.behind_by

    @property
    def lease(self) -> Held | None:
        """Whether anybody has to wait for its lease; None where it holds none."""
        if self.lease_ms is None:
            return None
        over = self.lapsed or self.seen_ms_ago >= over_s(self.lease_ms)
        return Held.LAPSED if over else Held.LIVE

    @property
    def lease_left_ms(self) -> int:
        """How long somebody who revokes a key would wait for it at the most."""
        if self.lease_ms is None or self.lease is Held.LAPSED:
            return 0
        return int(over_s(self.lease_ms) - self.seen_ms_ago)

    @property
    def health(self) -> ProcessHealth:
        """Behind when it should have told of itself by now, gone when it no longer counts."""
        if self.lease_ms is None:
            late, gone = HEARTBEAT_MS * _MISSED, GONE_AFTER_MS
            return _health(self.seen_ms_ago, late, gone)
        if self.lease is Held.LAPSED:
            return ProcessHealth.GONE
        return _health(self.seen_ms_ago, self.lease_ms / RENEWALS * _MISSED, float("inf"))


def replacements(found: Sequence[VerifierProcess]) -> dict[str, VerifierProcess]:
    """Return who has taken the place of whom, by the id of whoever is gone.

    That is one on the same host and address that lives, and was started after the other was last
    heard of.
    """
    taken: dict[str, VerifierProcess] = {}
    living = sorted(
        (process for process in found if process.health is not ProcessHealth.GONE),
        key=lambda process: process.started_at,
    )
    gone = (process for process in found if process.health is ProcessHealth.GONE)
    for process in sorted(gone, key=lambda process: process.seen_at, reverse=True):
        place = process.host, process.address
        after = [
            other
            for other in living
            if (other.host, other.address) == place and other.started_at >= process.seen_at
        ]
        if after:
            # Another for each, while there are enough.
            free = [other for other in after if other not in taken.values()]
            taken[process.id] = (free or after)[0]
    return taken


def in_order(found: Sequence[VerifierProcess]) -> list[VerifierProcess]:
    """Return what somebody has to look at first, and last whom another has replaced."""
    replaced = replacements(found)
    ranks = (ProcessHealth.GONE, ProcessHealth.BEHIND, ProcessHealth.SERVING)

    def place(process: VerifierProcess) -> tuple[bool, int, str, int, str]:
        return (
            process.id in replaced,
            ranks.index(process.health),
            process.host,
            process.process,
            process.id,
        )

    return sorted(found, key=place)


def _health(seen_ms_ago: int, late: float, gone: float) -> ProcessHealth:
    if seen_ms_ago >= gone:
        return ProcessHealth.GONE
    return ProcessHealth.BEHIND if seen_ms_ago >= late else ProcessHealth.SERVING


def _rate(count: int, milliseconds: int) -> float:
    return count * SECOND / milliseconds if milliseconds > 0 else 0.0
