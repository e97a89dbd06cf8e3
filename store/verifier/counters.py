"""Numbers every worker adds to and any worker can sum: the ground of /metrics.

A block of 64-bit numbers in memory the workers share, one row for each, so that nobody waits for
anybody. A worker that is restarted goes on with its row, and no number ever falls.
"""

import mmap
from bisect import bisect_left
from typing import Any, NamedTuple

from store.domain.leases.holding import Holding
from store.domain.verdicts import Verdict

STATUSES = (
    200,
    201,
    202,
    302,
    303,
    304,
    400,
    401,
    403,
    404,
    405,
    406,
    408,
    409,
    412,
    413,
    415,
    422,
    429,
    500,
    503,
)
OTHER = "other"
"""A status that is none of these: it is counted, too."""
UNKNOWN = "unknown"
"""The route of a request whose address is none. What was sent there is never a label."""
MOST_ROUTES = 64
REJECTIONS = (
    "syntax",
    "tls",
    "http2",
    "version",
    "host",
    "connect",
    "head_too_large",
    "fragment",
    "escapes",
    "coding",
    "body",
    "around_body",
    "framing",
    "slow_head",
    "slow_body",
    "slow_answer",
    "connections",
    "connections_of_address",
)
"""Why a connection was closed on somebody."""
BUCKETS_US = (25, 50, 100, 250, 500, 1000, 2500, 10_000, 100_000, 1_000_000)

_NAMES = (
    *(("verdict", verdict.value) for verdict in Verdict),
    *(("bucket", str(bound)) for bound in BUCKETS_US),
    ("bucket", "+Inf"),
    ("duration_ns", ""),
    ("flush", "ok"),
    ("flush", "failed"),
    ("dropped", ""),
    *(("rejected", reason) for reason in REJECTIONS),
    *(("lease", what) for what in ("ends_ms", "remembered", "revision")),
)
_SLOT = {name: slot for slot, name in enumerate(_NAMES)}
_VERDICT = {verdict: _SLOT["verdict", verdict.value] for verdict in Verdict}
_VALID = _VERDICT[Verdict.VALID]
_FIRST_BUCKET = _SLOT["bucket", str(BUCKETS_US[0])]
_DURATION = _SLOT["duration_ns", ""]
_LABELS = (*(str(status) for status in STATUSES), OTHER)
_STATUS = {status: place for place, status in enumerate(STATUSES)}
_OTHER = len(STATUSES)
_ROUTES = len(_NAMES)
"""The first of the slots of routes: for each of them one for every status."""
_WIDTH = _ROUTES + MOST_ROUTES * len(_LABELS)
_REFUSALS = [slot for verdict, slot in _VERDICT.items() if verdict is not Verdict.VALID]
_BUCKETS = slice(_FIRST_BUCKET, _FIRST_BUCKET + len(BUCKETS_US) + 1)


class Done(NamedTuple):
    """What a worker has done."""

    requests: int
    """Every answer."""
    refusals: int
    """Every verdict but valid."""


class LeaseGauge(NamedTuple):
    """How it stands with one worker's lease."""

    ends_ms: int
    """On the clock leases are counted on."""
    remembered: int
    """Rows."""
    revision: int
    """What it has confirmed."""

    @classmethod
    def of(cls, holding: Holding[Any]) -> "LeaseGauge":
        """Return how it stands with a lease now."""
        ends_ms = round(holding.ends * 1000) if holding.ends > 0 else 0
        return cls(ends_ms, len(holding), max(0, holding.revision))


def block_size(workers: int) -> int:
    """Return how many bytes of shared memory a number of workers need."""
    return 8 * _WIDTH * workers


class Counters:
    """One worker's row, and the sum over all rows."""

    def __init__(self, worker: int = 0, workers: int = 1, fd: int = -1) -> None:
        """Map the block; `fd` is a file of `block_size(workers)` bytes, -1 memory of one's own."""
        self.fd = fd
        self.workers = workers
        """How many share the block."""
        self._block = mmap.mmap(fd, block_size(workers))
        self._all = memoryview(self._block).cast("Q")
        self._routes = {UNKNOWN: 0}
        self._own = self._all[worker * _WIDTH : (worker + 1) * _WIDTH]

    def route(self, template: str) -> int:
        """Return the number of a route, such as `/api/v1/events/{id}`.

        All workers name their routes in the same order, so that the numbers are the same to all.
        """
        found = self._routes.setdefault(template, len(self._routes))
        if found >= MOST_ROUTES:
            raise AssertionError(f"there are more than {MOST_ROUTES} routes")
        return found

    def verdict(self, verdict: Verdict) -> None:
        """Count one verdict."""
        # An enum's hash is worked out in Python; most verdicts are valid.
        self._own[_VALID if verdict is Verdict.VALID else _VERDICT[verdict]] += 1

    def answered(self, status: int, duration_ns: int, route: int = 0) -> None:
        """Count one answer of a route and the time it took inside the process."""
        own = self._own
        own[_ROUTES + route * len(_LABELS) + _STATUS.get(status, _OTHER)] += 1
        own[_FIRST_BUCKET + bisect_left(BUCKETS_US, duration_ns / 1000)] += 1
        own[_DURATION] += duration_ns

    def rejected(self, reason: str) -> None:
        """Count one connection that was closed on somebody."""
        self._own[_SLOT["rejected", reason]] += 1

    def flushed(self, *, ok: bool) -> None:
        """Count one batch of usage, written or not."""
        self._own[_SLOT["flush", "ok" if ok else "failed"]] += 1

    def dropped(self, counts: int) -> None:
        """Count requests whose usage was given up."""
        self._own[_SLOT["dropped", ""]] += counts

    def done(self) -> Done:
        """Return what this worker has done, and whoever had its row before it."""
        own = self._own
        return Done(sum(own[_BUCKETS]), sum(own[slot] for slot in _REFUSALS))

    def requests(self) -> int:
        """Return how many answers all workers gave together."""
        totals = self.totals()
        return sum(number for (name, _), number in totals.items() if name == "bucket")

    def leased(self, lease: LeaseGauge) -> None:
        """Note how it stands with this worker's lease."""
        for what, value in lease._asdict().items():
            self._own[_SLOT["lease", what]] = value

    def leases(self) -> list[LeaseGauge]:
        """Return how it stands with each worker's."""
        return [
            LeaseGauge(*(self._all[first + _SLOT["lease", what]] for what in LeaseGauge._fields))
            for first in range(0, len(self._all), _WIDTH)
        ]

    def responses(self) -> dict[tuple[str, str], int]:
        """Return how often each route has answered with each status, where it has."""
        found = {}
        for template, number in self._routes.items():
            first = _ROUTES + number * len(_LABELS)
            for place, label in enumerate(_LABELS):
                if total := sum(self._all[first + place :: _WIDTH]):
                    found[template, label] = total
        return found

    def totals(self) -> dict[tuple[str, str], int]:
        """Return every number, summed over the workers."""
        return {name: sum(self._all[slot::_WIDTH]) for name, slot in _SLOT.items()}
