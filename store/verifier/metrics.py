"""The Prometheus text format (version 0.0.4), summed over workers; no label ever names a key."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from store.verifier.counters import BUCKETS_US, LeaseGauge

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

Totals = dict[tuple[str, str], int]


class Process(NamedTuple):
    """The verifier as a whole: its counts begin with it, whichever worker was replaced since."""

    workers: int
    started_at: float
    """In seconds since 1970."""


NO_PROCESS = Process(1, 0.0)
"""Where routes are looked at and none is served."""


def exposition(
    totals: Totals,
    responses: Totals,
    process: Process,
    leases: Sequence[LeaseGauge] | None = None,
    now: float = 0.0,
) -> bytes:
    """Return the page that a Prometheus server scrapes; `responses` are by route and status.

    `leases` are the workers', None where they read through; `now` is on the clock these count on.
    """
    lines = [
        *_lines(totals, responses, process),
        *(_of_leases(leases, now) if leases is not None else ()),
    ]
    return ("\n".join(lines) + "\n").encode("ascii")


def _lines(totals: Totals, responses: Totals, process: Process) -> Iterator[str]:
    yield from _counter(totals, "verdict", "keydeck_verdicts_total", "Verdicts given.", "verdict")
    name = "keydeck_http_responses_total"
    yield from _described(name, "Answers, by the route in the reference.", "counter")
    for (route, status), total in responses.items():
        yield f'{name}{{route="{route}",status="{status}"}} {total}'
    yield from _histogram(totals)
    yield from _counter(
        totals,
        "rejected",
        "keydeck_connections_rejected_total",
        "Connections closed on what was no request, too slow, or one too many.",
        "reason",
    )
    yield from _counter(
        totals, "flush", "keydeck_usage_flushes_total", "Batches of usage, by result.", "result"
    )
    yield from _described("keydeck_usage_dropped_total", "Usage counts given up.", "counter")
    yield f"keydeck_usage_dropped_total {totals['dropped', '']}"
    yield from _described("keydeck_workers", "Worker processes of this verifier.", "gauge")
    yield f"keydeck_workers {process.workers}"
    name = "process_start_time_seconds"
    yield from _described(name, "When the verifier was started, in seconds since 1970.", "gauge")
    yield f"{name} {process.started_at:.3f}"


def _of_leases(leases: Sequence[LeaseGauge], now: float) -> Iterator[str]:
    for name, words, value in (
        (
            "keydeck_leases_live",
            "Workers that answer from memory now.",
            sum(lease.ends_ms > now * 1000 for lease in leases),
        ),
        (
            "keydeck_remembered_rows",
            "Keys and tokens that workers remember.",
            sum(lease.remembered for lease in leases),
        ),
        (
            "keydeck_confirmed_revision",
            "What every worker has applied: the lowest.",
            min(lease.revision for lease in leases),
        ),
    ):
        yield from _described(name, words, "gauge")
        yield f"{name} {value}"


def _described(name: str, words: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} {kind}"


def _counter(totals: Totals, of: str, name: str, words: str, label: str) -> Iterator[str]:
    yield from _described(name, words, "counter")
    for (kind, value), total in totals.items():
        if kind == of:
            yield f'{name}{{{label}="{value}"}} {total}'


def _histogram(totals: Totals) -> Iterator[str]:
    name = "keydeck_http_response_seconds"
    yield from _described(name, "Time from a request's head to its answer.", "histogram")
    below = 0
    for bound in BUCKETS_US:
        below += totals["bucket", str(bound)]
        yield f'{name}_bucket{{le="{bound / 1_000_000:g}"}} {below}'
    below += totals["bucket", "+Inf"]
    yield f'{name}_bucket{{le="+Inf"}} {below}'
    yield f"{name}_sum {totals['duration_ns', ''] / 1_000_000_000:.9f}"
    yield f"{name}_count {below}"
