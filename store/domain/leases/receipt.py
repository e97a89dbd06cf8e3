"""The receipt of a change that takes rights away: committed when, in force when, and by whom."""

from dataclasses import dataclass
from typing import Any

from store.domain.leases.settling import SettledBy
from store.domain.times import rfc3339, rfc3339_or_none


@dataclass(frozen=True, slots=True)
class Answered:
    """A verifier that cannot act on what was before, and how that is known."""

    host: str
    process: int
    how: SettledBy
    after_ms: int
    """Since the commit, rounded up."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one commit, or of several that were waited for at once."""

    committed_at: int
    """In UTC milliseconds, once the last commit had returned."""
    in_force_at: int | None
    """No verifier acts on what was before from here on; None where that is not known."""
    verifiers: tuple[Answered, ...] = ()
    """Those that might have answered from memory."""
    immediate: bool = False
    """Whether there was nobody to wait for: every verifier reads each key anew."""
    standby: bool = False
    """Whether every commit was on each synchronous standby, so that no failover takes it back."""
    trouble: str = ""
    """What went wrong, and what to do; empty where nothing did."""
    waiting: "tuple[Straggler, ...]" = ()
    """Those that were still waited for when the wait was cut short."""
    in_force_by: int | None = None
    """When every lease that was seen has run out, where the wait was cut short."""

    @property
    def after_ms(self) -> int | None:
        """How long it took from the commit; None where it is not known to be in force."""
        return None if self.in_force_at is None else self.in_force_at - self.committed_at


@dataclass(frozen=True, slots=True)
class Straggler:
    """A verifier that may still act on what was before."""

    host: str
    process: int
    left_s: float
    """Until its lease has run out for sure."""


@dataclass(frozen=True, slots=True)
class Underway:
    """How far a commit is on its way to being in force."""

    committed_at: int
    answered: int
    """Verifiers that cannot act on what was before any more."""
    of: int
    stragglers: tuple[Straggler, ...] = ()
    elders_left_s: float | None = None
    """Until the leases of a server that is gone have run out; None where there are none."""
    unreadable: bool = False
    """Whether the database does not answer now: only time goes on."""


def receipt_object(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON and the audit have it; times are RFC 3339 UTC.

    `in_force_by` is there only where the wait was cut short.
    """
    fields = {
        "committed_at": rfc3339(receipt.committed_at),
        "in_force_at": rfc3339_or_none(receipt.in_force_at),
        "verifiers": [
            {
                "host": verifier.host,
                "process": verifier.process,
                "how": verifier.how.value,
                "after_ms": verifier.after_ms,
            }
            for verifier in receipt.verifiers
        ]
        + [
            {"host": verifier.host, "process": verifier.process, "how": "waiting", "after_ms": None}
            for verifier in receipt.waiting
        ],
    }
    if receipt.in_force_by is not None:
        fields["in_force_by"] = rfc3339(receipt.in_force_by)
    return fields
