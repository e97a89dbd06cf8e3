"""What came of a fault: what was let in too late, how long receipts took, who was served."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.faults.clients import Asked
from tests.faults.revoking import Receipt

IN_TIME_NS = 1_000_000_000
"""An answer that comes later is none to whoever waits for it."""


class Times(NamedTuple):
    """When a fault began to be watched, when it began, was lifted, and was watched no more."""

    watched: int
    began: int
    lifted: int
    ended: int


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the table."""

    fault: str
    requests: int
    accepted_before: int
    """With keys that were revoked later: without any, nothing was tried."""
    revocations: int
    stale: list[Asked]
    """Accepted though begun after their key's revocation was reported in force."""
    in_force_ms: list[float]
    """From each commit to its being in force, sorted."""
    before: float
    during: float
    """Share of valid keys' requests answered 200 within a second, at the verifiers it touched."""
    elsewhere: float | None
    """The same at the others, where there are any."""
    after: float
    back_ms: float
    """From its end to the last request with a valid key that was not served."""
    slowest_ms: float
    """99 of 100 answers during the fault took no longer, whatever they said."""


def report(
    fault: str,
    asked: Sequence[Asked],
    receipts: Iterable[Receipt],
    times: Times,
    touched: Collection[int],
) -> Report:
    """Judge what was asked; receipts from before the fault count too, if their key was asked."""
    in_force = {one.key_id: one.in_force for one in receipts}
    given = [one for one in receipts if times.watched <= one.committed < times.ended]
    valid = [one for one in asked if one.valid]
    during = [one for one in valid if times.began <= one.asked < times.lifted]
    elsewhere = [one for one in during if one.verifier not in touched]
    lost = [one.asked for one in valid if one.asked >= times.lifted and not served(one)]
    back = max(lost, default=times.lifted)
    taken = sorted(
        (one.answered - one.asked) / 1e6
        for one in asked
        if one.status and times.began <= one.asked < times.lifted and one.verifier in touched
    )
    return Report(
        fault=fault,
        requests=len(asked),
        accepted_before=sum(one.status == 200 and not one.valid for one in asked),
        revocations=len(given),
        stale=[
            one
            for one in asked
            if one.status == 200 and one.asked > in_force.get(one.key_id, one.asked)
        ],
        in_force_ms=sorted((one.in_force - one.committed) / 1e6 for one in given),
        before=share(one for one in valid if times.watched <= one.asked < times.began),
        during=share(one for one in during if one.verifier in touched),
        elsewhere=share(elsewhere) if elsewhere else None,
        after=share(one for one in valid if back < one.asked < times.ended),
        back_ms=(back - times.lifted) / 1e6,
        slowest_ms=centile(taken, 0.99),
    )


def served(asked: Asked) -> bool:
    """Return whether a request was answered 200 in time."""
    return asked.status == 200 and asked.answered - asked.asked < IN_TIME_NS


def share(asked: Iterable[Asked]) -> float:
    """Return which share of requests was served; 1 where there were none."""
    each = [served(one) for one in asked]
    return sum(each) / len(each) if each else 1.0


def centile(ordered: Sequence[float], part: float) -> float:
    """Return the value below which a part of sorted ones lies; 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def table(reports: Iterable[Report]) -> str:
    """Return the reports as a table."""
    lines = [
        f"{'':<34}{'requests':>9}{'revoked':>8}{'stale':>6}  {'commit to in force, ms':^23}"
        f"  {'valid keys served':^30}{'back':>9}{'p99':>9}",
        f"{'':<57}  {'p50':>7}{'p99':>8}{'max':>8}"
        f"  {'before':>7}{'during':>8}{'others':>8}{'after':>7}{'ms':>9}{'ms':>9}",
    ]
    lines += [
        f"{one.fault:<34}{one.requests:>9,}{one.revocations:>8,}{len(one.stale):>6}"
        f"  {centile(one.in_force_ms, 0.5):>7.1f}{centile(one.in_force_ms, 0.99):>8.1f}"
        f"{centile(one.in_force_ms, 1.0):>8.1f}"
        f"  {one.before:>7.1%}{one.during:>8.1%}{_share(one.elsewhere):>8}{one.after:>7.1%}"
        f"{one.back_ms:>9,.0f}{one.slowest_ms:>9,.1f}"
        for one in reports
    ]
    return "\n".join(lines)


def _share(part: float | None) -> str:
    return "" if part is None else f"{part:.1%}"
