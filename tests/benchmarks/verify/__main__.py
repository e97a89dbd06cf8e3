"""What one verification costs, as a share of what the same server answers for nothing.

    python -m tests.benchmarks.verify [--rounds 5] [--seconds 3] [--sizes 1000,100000,1000000]

The server has the first core and the load the last (two workers share all); the rounds are
interleaved and the medians shown. Other programs on the machine move the absolute figures far more
than the ratios. The raw rows are kept as JSON.
"""

import argparse
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
from tests.benchmarks.verify.measure import Case, as_json, measured, medians, table
from tests.benchmarks.verify.rivals.start import Rival, drf, keyshield, nginx
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
    parser.add_argument("--sizes", default="1000,100000,1000000", help="keys in the stores")
    given = parser.parse_args()
    sizes = [int(one) for one in given.sizes.split(",")]
    told = machine("uvicorn")
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        pattern = build(folder)
        pattern.store.close()
        served = [
            stack.enter_context(ours.sized(pattern, folder / f"{keys}-{workers}", keys, workers))
            for keys, workers in [*((keys, 1) for keys in sizes), (sizes[0], 2)]
        ]
        constant, address = stack.enter_context(floor("plain"))
        starlette, other = stack.enter_context(floor("starlette"))
        cases = [
            Case(FLOOR, constant, address, served[0].good),
            Case("constant answer, Starlette", starlette, other, served[0].good),
            *(ours.verifying(size) for size in served),
            *ours.others(served[0]),
            *_rivals(stack, folder),
        ]
        tool = Tool(folder)
        rows = measured(tool, cases, given.rounds, given.seconds, given.connections)
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
    print(f"{given.connections} connections, {tool.name}, medians of {given.rounds} rounds\n")
    print(table(medians(rows), FLOOR))
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


def _rivals(stack: ExitStack, folder: Path) -> list[Case]:
    """Start those that can be had; the others are named and left out."""
    found: list[Case] = []
    starts: list[Callable[[], AbstractContextManager[Rival]]] = [
        partial(keyshield, "default", folder / "keyshield.db"),
        partial(keyshield, "cached", folder / "keyshield-cached.db"),
        partial(drf, folder / "drf.db"),
        partial(nginx, folder),
    ]
    for start in starts:
        try:
            found.append(stack.enter_context(start()).case())
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"left out: {error}", file=sys.stderr)
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
