"""Rounds of load on many servers, interleaved, and the medians of them."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import psutil

from tests.benchmarks.verify.load import Load, Tool


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is asked over and over."""

    name: str
    process: psutil.Process
    """The server; its children count as it."""
    url: str
    keys: Sequence[str] = ()
    connections: int | None = None
    """Where it cannot take as many as the others."""
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    """What happens beside it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One round of one case."""

    case: str
    round: int
    requests: int
    per_second: float
    p50_ms: float
    cpu_us: float
    """Of the server, for one request, the kernel's part included."""
    alone_ms: float
    """The median with one connection."""


@dataclass(frozen=True, slots=True)
class Result:
    """The medians of a case."""

    per_second: float
    cpu_us: float
    p50_ms: float
    alone_ms: float


def measured(
    tool: Tool, cases: Sequence[Case], rounds: int, seconds: float, connections: int
) -> list[Row]:
    """Return every round of every case. All cases of a round come before the next round.

    Before the first one each is asked for a moment that does not count: what it remembers, it knows
    by then.
    """
    rows: list[Row] = []
    for case in cases:
        tool.run(case.url, case.keys, case.connections or connections, 1)
    for number in range(1, rounds + 1):
        for case in cases:
            print(f"\rround {number}: {case.name:<40}", end="", file=sys.stderr, flush=True)
            before = cpu_seconds(case.process)
            with case.during():
                load = tool.run(case.url, case.keys, case.connections or connections, seconds)
            cpu = (cpu_seconds(case.process) - before) / max(1, load.requests)
            alone: Load = tool.run(case.url, case.keys, 1, 1)
            rows.append(
                Row(
                    case.name,
                    number,
                    load.requests,
                    load.per_second,
                    load.p50_ms,
                    cpu * 1e6,
                    alone.p50_ms,
                )
            )
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    return rows


def medians(rows: Sequence[Row]) -> dict[str, Result]:
    """Return the medians of each case, in the order in which they were asked."""
    by_case: dict[str, list[Row]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row)
    return {
        name: Result(
            median(row.per_second for row in found),
            median(row.cpu_us for row in found),
            median(row.p50_ms for row in found),
            median(row.alone_ms for row in found),
        )
        for name, found in by_case.items()
    }


def table(results: dict[str, Result], floor: str) -> str:
    """Return the medians as a table, each beside its share of a floor."""
    base = results[floor]
    lines = [f"{'':<34}{'req/s':>9}{'share':>8}{'CPU µs':>9}{'p50 ms':>9}{'alone ms':>10}"]
    lines += [
        f"{name:<34}{found.per_second:>9,.0f}{found.per_second / base.per_second:>8.2f}"
        f"{found.cpu_us:>9.1f}{found.p50_ms:>9.2f}{found.alone_ms:>10.2f}"
        for name, found in results.items()
    ]
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows as JSON keeps them."""
    return [asdict(row) for row in rows]


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process and its children."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        times = one.cpu_times()
        total += times.user + times.system
    return total


def pin(process: psutil.Process) -> None:
    """Keep a server and its children on the first core; the load has the last."""
    if hasattr(process, "cpu_affinity"):
        first = [min(os.sched_getaffinity(0))]
        for one in (process, *process.children(recursive=True)):
            one.cpu_affinity(first)


def resident_mib(process: psutil.Process) -> float:
    """Return the resident memory of a process, or of the largest of its children, in MiB."""
    family = process.children(recursive=True) or [process]
    return max(float(one.memory_info().rss) for one in family) / 2**20
