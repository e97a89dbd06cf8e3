"""Several verifiers on one store: how fast they answer, and what a change costs them.

    python -m tests.benchmarks.cluster [--keys 1000000] [--seconds 5] [--rounds 3]

Each figure stands beside what the same server answers for nothing, in the same run, and beside the
load of the machine. PostgreSQL runs on the same cores as those who ask it, and writes to the disk
before it says so. The raw rows are kept as JSON.
"""

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.benchmarks.cluster import cold, revocations
from tests.benchmarks.cluster.stores import SETTINGS, Filled, filled, verifiers, verify_at
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.verify.floor import floor
from tests.benchmarks.verify.load import Tool
from tests.benchmarks.verify.measure import Case, as_json, measured, medians, table
from tests.faults.asking import RATE
from tests.faults.verifier import Verifier
from tests.postgres import own_cluster

FLOOR = "constant answer, plain ASGI"
RATES = (0, 1, 10, 100)


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.cluster", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keys", type=int, default=1_000_000, help="in each store")
    parser.add_argument("--known", type=int, default=150_000, help="of them, with their secrets")
    parser.add_argument("--seconds", type=float, default=5, help="of each case in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--verifiers", default="1,2,4", help="processes that share an address")
    parser.add_argument("--lease", default="3s")
    given = parser.parse_args()
    known = min(given.known, given.keys // 4)
    told = machine("uvicorn", "psycopg")
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keydeck-")))
        folder.chmod(0o755)
        tool = Tool(folder)
        (folder / "server").mkdir()
        server = stack.enter_context(own_cluster(folder / "server", *SETTINGS))
        began = time.monotonic()
        file = stack.enter_context(filled("SQLite", folder / "file", given.keys, known))
        database = stack.enter_context(
            filled("PostgreSQL", folder / "database", given.keys, known, server)
        )
        print(f"two stores of {given.keys:,} keys, filled in {time.monotonic() - began:.0f} s")
        subjects: list[tuple[Filled, str | None]] = [
            (file, None),
            (database, None),
            (database, given.lease),
        ]
        rows = []
        for number in map(int, given.verifiers.split(",")):
            with ExitStack() as running:
                constant, address = running.enter_context(floor("plain"))
                cases = [Case(FLOOR, constant, address, file.known[: cold.USED])]
                for store, lease in subjects:
                    name = _name(store, lease, number)
                    verifier, process = running.enter_context(
                        verifiers(store, folder / "stderr", number=number, lease=lease)
                    )
                    keys = store.known[: cold.USED]
                    cases.append(Case(name, process, verify_at(verifier), keys))
                found = measured(tool, cases, given.rounds, given.seconds, given.connections)
            print(f"\n{number} verifier(s), load {os.getloadavg()[0]:.1f}")
            print(table(medians(found), FLOOR))
            rows += found
        starts = [
            cold.started(tool, store, folder, given.seconds, given.connections, lease)
            for store, lease in subjects
        ]
        print(f"\n{cold.table(starts, known)}\nload {os.getloadavg()[0]:.1f}")
        costs = []
        for store, lease in subjects:
            with verifiers(store, folder / "stderr", number=4, lease=lease) as (verifier, _):
                costs += _costs(tool, store, _name(store, lease, 4), verifier, given)
        print(f"\n{revocations.table(costs)}\nload {os.getloadavg()[0]:.1f}")
    keep(
        "cluster",
        {
            **told,
            "rows": as_json(rows),
            "starts": [one._asdict() for one in starts],
            "costs": [asdict(one) for one in costs],
        },
    )


def _costs(
    tool: Tool, store: Filled, name: str, verifier: Verifier, given: argparse.Namespace
) -> list[revocations.Cost]:
    keys = store.known[: cold.USED]
    ask = partial(tool.run, verify_at(verifier), keys, given.connections, given.seconds)
    ask()
    found = [revocations.cost(name, store, rate, given.seconds, ask) for rate in RATES]
    with revocations.asked_steadily(verifier, keys):
        for rate in RATES:
            found.append(
                revocations.cost(f"{name}, {2 * RATE} req/s", store, rate, given.seconds, None)
            )
    found.append(revocations.cost(f"{name}, idle", store, 0, given.seconds, None))
    return found


def _name(store: Filled, lease: str | None, number: int) -> str:
    how = f"{store.name}{', under lease' if lease else ''}"
    return how if number == 1 else f"{how}, {number} verifiers"


if __name__ == "__main__":
    main()
