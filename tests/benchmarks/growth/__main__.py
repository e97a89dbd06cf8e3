"""What each use case and command costs as a store grows: processor time and rows, as ratios.

    python -m tests.benchmarks.growth [--sizes 1000,100000,1000000] [--parts commands,reads,…]
        [--only WORD] [--repeats 3] [--entries 1000000] [--keep FOLDER] [--postgres]

Each store has so many keys, five rows of usage to each, and an entry of the audit to each: at a
million keys five million and a million. Everything is carried out on a copy of it, most of it
three times, and on another with each row counted that is read. Processor time is of this process,
and with `--postgres` of the server too; it is told apart from what else a machine does, which
seconds are not. Stores that are kept are used again. The raw rows are kept as JSON.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import psutil

from tests.benchmarks.growth.cases import PARTS, Costs, Measuring, measure
from tests.benchmarks.growth.stores import copied, filled
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.processor import QUIET
from tests.postgres import Cluster, own_cluster

ALLOWED = 1.5
SMALL_MS, FEW_ROWS = 2.0, 200
"""More than so much besides: what takes nearly nothing is not told from noise."""


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--sizes", default="1000,100000,1000000", help="keys in the stores")
    parser.add_argument("--only", default="", help="what has this in its name")
    parser.add_argument("--parts", default=",".join(PARTS), help="of what there is")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the audit, at the most")
    parser.add_argument("--keep", type=Path, help="where the stores are kept between two runs")
    parser.add_argument("--postgres", action="store_true", help="on a server of its own")
    given = parser.parse_args()
    parts = given.parts.split(",")
    sizes = [int(one) for one in given.sizes.split(",")]
    told = machine("SQLAlchemy")
    print(", ".join(f"{name} {value}" for name, value in told.items()), flush=True)
    costs: dict[int, Costs] = {}
    with ExitStack() as at_the_end:
        scratch = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="keydeck-")))
        scratch.chmod(0o755)
        folder = (given.keep or scratch / "stores").absolute()
        for number in sizes:
            name = f"growth{number}"
            with _server(given.postgres, folder / f"{name}-server") as server:
                measuring = Measuring(_process(server))
                within = folder / f"{name}-server" if server else folder
                pattern = filled(within / name, number, min(number, given.entries), server)
                for times, tally in ((given.repeats, False), (1, True)):
                    with (
                        copied(pattern, scratch / f"{name}{tally}", server) as house,
                        measuring.counting() if tally else nullcontext(),
                    ):
                        runs = scratch / f"{name}{tally}" / "runs"
                        measure(house, runs, measuring, parts, given.only, times)
                costs[number] = measuring.costs()
                print(f"{number:,} keys: {len(costs[number])} cases", flush=True)
    print(f"\n{table(costs)}")
    keep("growth", {**told, "costs": {str(size): found for size, found in costs.items()}})


@contextmanager
def _server(wanted: bool, folder: Path) -> Iterator[Cluster | None]:
    if not wanted:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    with own_cluster(folder, QUIET) as server:
        yield server


def _process(server: Cluster | None) -> psutil.Process | None:
    return psutil.Process(server.process.pid) if server and server.process else None


def table(costs: dict[int, Costs]) -> str:
    """Return a table in Markdown: what the smallest store takes, and the others' ratios to it.

    What grew by more than is allowed is in bold.
    """
    base, *others = sorted(costs)
    lines = [
        f"| | ms at {base:,} | read | "
        + " | ".join(f"ms, times at {size:,} | read, times" for size in others)
        + " |",
        "|" + "---|" * (3 + 2 * len(others)),
    ]
    for name, (ms, read) in sorted(costs[base].items()):
        cells = [f"{ms:.1f}", f"{read:,}"]
        for size in others:
            if name not in costs[size]:
                cells += ["", ""]
                continue
            more_ms, more_read = costs[size][name]
            cells.append(_ratio(more_ms, ms, SMALL_MS))
            cells.append(_ratio(more_read, read, FEW_ROWS))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratio(more: float, base: float, nothing: float) -> str:
    ratio = f"{more / max(base, 0.01):.2f}"
    return f"**{ratio}**" if more > ALLOWED * base + nothing else ratio


if __name__ == "__main__":
    main()
