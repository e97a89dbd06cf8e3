"""What one verification costs, as a share of what the same server answers for nothing.

    python -m tests.benchmarks.verify [--rounds 5] [--seconds 3] [--sizes 1000,1000000]
    python -m tests.benchmarks.verify --sizes 1000 --only unknown,wrong

The server has the first core, the load and whoever commits beside it the last (two workers share
all); the rounds are interleaved and the medians shown. Other programs on the machine move the
absolute figures far more than the ratios. The raw rows are kept as JSON.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from store.domain.clock import SystemClock
from store.operations.open import open_store
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.verify import ours
from tests.benchmarks.verify.floor import floor
from tests.benchmarks.verify.load import Tool
from tests.benchmarks.verify.measure import Case, as_json, measured, medians, resident_mib, table
from tests.benchmarks.verify.rivals.start import asked, drf, keyshield, nginx
from tests.benchmarks.verify.steps import differences, steps
from tests.house import House, build, moved_in

FLOOR = "constant answer, plain ASGI"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.verify", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of each case in each round")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--sizes", default="1000,1000000", help="keys in the stores")
    parser.add_argument("--only", default="", help="cases whose names hold one of these words")
    parser.add_argument("--keep", type=Path, help="where the stores are kept between two runs")
    given = parser.parse_args()
    sizes = [int(one) for one in given.sizes.split(",")]
    told = machine("uvicorn") | {"load before": f"{os.getloadavg()[0]:.1f}"}
    words = given.only.split(",")
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        # PostgreSQL runs as somebody else where this runs as root.
        folder.chmod(0o755)
        pattern = build(folder)
        pattern.store.close()
        served = [
            stack.enter_context(
                ours.sized(given.keep or folder, folder / f"{keys}-{workers}", keys, workers)
            )
            for keys, workers in [*((keys, 1) for keys in sizes), (sizes[0], 2)]
        ]
        large = max(served, key=lambda one: one.keys)
        constant, address = stack.enter_context(floor("plain"))
        starlette, other = stack.enter_context(floor("starlette"))
        cases = [
            Case(FLOOR, constant, address, served[0].good),
            Case("constant answer, Starlette", starlette, other, served[0].good),
            *(ours.verifying(size) for size in served),
            ours.drawn(large),
            *ours.others(served[0]),
            *_started(stack, folder, sizes[0], words),
        ]
        cases = [
            one for one in cases if one.name == FLOOR or any(word in one.name for word in words)
        ]
        tool = Tool(folder)
        rows = measured(tool, cases, given.rounds, given.seconds, given.connections)
        told["load after"] = f"{os.getloadavg()[0]:.1f}"
        for size in served:
            size.mib = resident_mib(size.process)
        if not given.only:
            ours.use_all(tool, large, given.connections)
        costs = [
            {
                "keys": one.keys,
                "workers": one.workers,
                "ready_s": round(one.ready_s, 3),
                "mib": round(one.mib, 1),
            }
            for one in served
        ]
        inside = _house(pattern, folder / "inside")
        took, told_apart = steps(inside), differences(inside)
        inside.store.close()
    print(
        f"{given.connections} connections, {tool.name}, medians of {given.rounds} rounds, load"
        f" {told['load before']} before and {told['load after']} after\n"
    )
    results = medians(rows)
    print(table(results, FLOOR))
    mine = results.get(ours.verifying(served[0]).name)
    for name, found in results.items():
        if mine and not name.startswith(("constant", "keydeck")):
            print(f"good keys, {mine.per_second / found.per_second:,.2f} times {name}")
    print("\nready (a Python process from its start to its first connection), resident memory")
    for cost in costs:
        print(
            f"  {cost['keys']:>9,} keys, {cost['workers']} worker(s): {cost['ready_s']:.2f} s,"
            f" {cost['mib']:.0f} MiB a worker"
        )
    print("\none verification in process, nanoseconds a step")
    for step, nanoseconds in took.items():
        print(f"  {step:<26}{nanoseconds:>8,.0f}")
    print("\nwhat must not be told apart, medians in microseconds")
    for pair, (one, other_side) in told_apart.items():
        print(f"  {pair:<26}{one:>8.2f}{other_side:>8.2f}  apart {abs(one - other_side):.2f}")
    keep(
        "verify",
        {**told, "rows": as_json(rows), "costs": costs, "steps_ns": took, "pairs_us": told_apart},
    )


def _started(stack: ExitStack, folder: Path, keys: int, words: list[str]) -> list[Case]:
    """Start what is asked beside ours; what cannot be had is named and left out."""
    starts: dict[str, Callable[[], AbstractContextManager[Case]]] = {
        "PostgreSQL under lease": partial(ours.under_lease, folder, keys),
        "keyshield": partial(asked, partial(keyshield, "default", folder / "keyshield.db")),
        "keyshield, cached": partial(asked, partial(keyshield, "cached", folder / "cached.db")),
        "drf-api-key": partial(asked, partial(drf, folder / "drf.db")),
        "nginx": partial(asked, partial(nginx, folder)),
    }
    found: list[Case] = []
    for name, start in starts.items():
        if not any(word in name for word in words):
            continue
        try:
            found.append(stack.enter_context(start()))
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"left out: {name}, {error}", file=sys.stderr)
    return found


def _house(pattern: House, folder: Path) -> House:
    folder.mkdir()
    house = moved_in(pattern, folder)
    house.store.close()
    clock: Any = SystemClock()
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=clock)
    return house


if __name__ == "__main__":
    main()
