"""A verifier that has just been started, while everybody asks already, and what it remembers."""

import time
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.cluster.stores import Filled, verifiers, verify_at
from tests.benchmarks.verify.load import Tool
from tests.benchmarks.verify.measure import resident_mib

USED = 200


class Cold(NamedTuple):
    """What came of a start."""

    name: str
    ready_s: float
    """From the start of its process to its first connection."""
    first: float
    """Requests a second in its first second."""
    first_p99_ms: float
    steady: float
    steady_p99_ms: float
    empty_mib: float
    """Resident memory once it is ready."""
    used_mib: float
    """The same once it was asked for a few hundred keys, over and over."""
    full_mib: float
    """The same once it was asked for every key somebody has."""


def started(
    tool: Tool, store: Filled, folder: Path, seconds: float, connections: int, lease: str | None
) -> Cold:
    """Start a verifier and put all the load there is on it at once."""
    began = time.perf_counter()
    with verifiers(store, folder / "cold", lease=lease) as (verifier, process):
        ready_s, empty = time.perf_counter() - began, resident_mib(process)
        url, used = verify_at(verifier), store.known[:USED]
        first = tool.run(url, used, connections, 1)
        steady = tool.run(url, used, connections, seconds)
        used_mib = resident_mib(process)
        asked = 0
        while asked < len(store.known):
            # Each run begins with the first key, so the last ones are asked for by themselves.
            asked += tool.run(url, store.known[asked:], connections, max(1, seconds)).requests
        return Cold(
            f"{store.name}{', under lease' if lease else ''}",
            ready_s,
            first.per_second,
            first.p99_ms,
            steady.per_second,
            steady.p99_ms,
            empty,
            used_mib,
            resident_mib(process),
        )


def table(rows: list[Cold], known: int) -> str:
    """Return the starts as a table."""
    lines = [
        f"{'started under load':<34}{'ready s':>9}{'1st s':>9}{'p99 ms':>9}{'steady':>9}"
        f"{'p99 ms':>9}{'MiB':>7}{f'{USED} keys':>10}{f'{known:,} keys':>14}"
    ]
    lines += [
        f"{one.name:<34}{one.ready_s:>9.2f}{one.first:>9,.0f}{one.first_p99_ms:>9.1f}"
        f"{one.steady:>9,.0f}{one.steady_p99_ms:>9.1f}{one.empty_mib:>7.0f}"
        f"{one.used_mib:>10.0f}{one.full_mib:>14.0f}"
        for one in rows
    ]
    return "\n".join(lines)
