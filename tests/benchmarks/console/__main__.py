"""What the console costs: time to the first frame, time and bytes for each key, memory.

    python -m tests.benchmarks.console [--rounds 5] [--repeats 8] [--sizes 15,10000,1000000]
        [--terminals 80x24,200x60] [--table-most 10000] [--keep FOLDER]

Every program runs in a pseudo-terminal; `watched.py` says when a frame counts as finished. The
console is opened as sshd's forced command opens it, on the same stores as Textual's own DataTable;
the floor is a Textual app with one label. Rounds are interleaved. With `--repeats 0` nothing is
pressed: the first frames take some minutes, what is pressed half an hour. On a machine that does
other things too, trust medians, ratios and bytes. The raw rows are kept as JSON.
"""

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.console.measure import measured, table
from tests.benchmarks.console.subjects import Subject, console, datatable, floor
from tests.benchmarks.filling import fill
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.kept import kept
from tests.house import House, moved_in


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.console", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--repeats", type=int, default=8, help="of each key in each round; 0 for the frame alone"
    )
    parser.add_argument("--sizes", default="15,10000,1000000", help="keys in the stores")
    parser.add_argument("--terminals", default="80x24,200x60", help="columns and lines")
    parser.add_argument(
        "--table-most", type=int, default=10_000, help="the most keys DataTable is given"
    )
    parser.add_argument("--keep", type=Path, help="where the stores are kept between two runs")
    given = parser.parse_args()
    sizes = [int(one) for one in given.sizes.split(",")]
    terminals = [
        (int(one.split("x")[0]), int(one.split("x")[1])) for one in given.terminals.split(",")
    ]
    told = machine("textual", "SQLAlchemy")
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subjects: list[Subject] = [floor()]
        for keys in sizes:
            house = _filled(given.keep or folder, folder / str(keys), keys)
            subjects.append(console(house, keys))
            if keys <= given.table_most:
                subjects.append(datatable(house, keys))
            else:
                print(
                    f"DataTable is left out at {keys:,} keys: it measures every cell before it is "
                    f"at rest, minutes for a million. --table-most {keys} gives it the time."
                )
        rows = measured(subjects, terminals, given.rounds, given.repeats, folder)
    print(f"{given.rounds} rounds, {given.repeats} repeats\n")
    print(table(rows))
    keep("console", {**told, "rows": [asdict(row) for row in rows]})


def _filled(stores: Path, folder: Path, keys: int) -> House:
    pattern = kept(stores / f"console{keys}", lambda house: fill(house, keys))
    folder.mkdir()
    return moved_in(pattern.house, folder)


if __name__ == "__main__":
    main()
