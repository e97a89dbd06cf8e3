"""What each term of a filter costs: its first page and its count, in a store of any size.

    python -m tests.benchmarks.filters [KEYS …] [--keep FOLDER] [--postgres] [--repeats 20]

As the console asks: where no index knows what fits, a page says what was found so far. Milliseconds
of processor, which tell little of what else a machine does, of all processes: the p95. What is read
is by the engine's own count (`tests/growth/work.py`).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from store.domain.filtering import terms
from store.domain.listing import Found, KeyQuery, Page
from tests.benchmarks.filters.stores import fill_with_variety
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.kept import kept
from tests.benchmarks.processor import QUIET, server_seconds
from tests.growth.work import tallied
from tests.house import House, moved_in
from tests.postgres import own_cluster

FILTERS = (
    *("", "tango", "0000777", "notthere", "mia", "member3"),
    *("state:active", "state:expired", "state:revoked"),
    *("note:leaked", "note:rotating", "note:expiring", "note:unconfirmed", "note:rotation-due"),
    *("note:never-used", "note:idle", "note:still-used"),
    *("scope:quotes", "scope:events:write", "scope:nothing", "-scope:events:read"),
    *("by:member3", "by:nobody@acme.example", "holder:member0", "holder:alice"),
    *("expires:<14d", "expires:>300d", "expires:never", "unused:>30d", "unused:>200d"),
    *("unused:<1d", "-note:leaked", "scope:quotes note:leaked", "by:member3 state:revoked"),
)


class Figures(NamedTuple):
    """What one filter takes."""

    page_ms: float
    page_read: int
    count_ms: float
    count_read: int
    found: str


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.filters")
    parser.add_argument("keys", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="where the stores are kept between two runs")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--repeats", type=int, default=20)
    chosen = parser.parse_args()
    results: dict[str, dict[str, Figures]] = {}
    for number in chosen.keys:
        with _house(number, chosen.keep, postgres=chosen.postgres) as (house, server):
            results[f"{number:,}"] = _figures(house, server, chosen.repeats)
    print(_table(results))
    engine = "PostgreSQL" if chosen.postgres else "SQLite"
    keep("filters", {**machine("sqlalchemy"), "engine": engine, "results": results})


@contextmanager
def _house(
    number: int, stores: Path | None, *, postgres: bool
) -> Iterator[tuple[House, psutil.Process | None]]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        place, fill = stores or folder, partial(_filled, number)
        if postgres:
            place = place.absolute() / f"filters{number}-server"
            place.mkdir(parents=True, exist_ok=True)
            with own_cluster(place, QUIET) as cluster:
                assert cluster.process is not None
                house = kept(place / f"filters{number}", fill, cluster).house
                yield house, psutil.Process(cluster.process.pid)
                house.store.close()
            return
        house = moved_in(kept(place / f"filters{number}", fill).house, folder)
        yield house, None
        house.store.close()


def _filled(number: int, house: House) -> list[str]:
    fill_with_variety(house, number)
    return []


def _figures(house: House, server: psutil.Process | None, repeats: int) -> dict[str, Figures]:
    keys, alice = house.store.keys, house.alice
    asked: dict[str, tuple[Callable[[], Page], Callable[[], Found]]] = {}
    for written in FILTERS:
        query = KeyQuery(terms(written))
        asked[written] = (
            partial(keys.look, alice, query, limit=100),
            partial(keys.found, alice, query),
        )
    spent = {
        written: [_ms(work, server, repeats) for work in works] for written, works in asked.items()
    }
    # Afterwards: a connection of which every step is counted is many times slower.
    return {written: _counted(works, spent[written]) for written, works in asked.items()}


def _counted(works: tuple[Callable[[], Page], Callable[[], Found]], ms: list[float]) -> Figures:
    look, count = works
    with tallied() as tally:
        look()
        page_read = tally.total
        found = count()
    told = f"{found.number:,}{'+' if found.more else ''}"
    return Figures(ms[0], page_read, ms[1], tally.total - page_read, told)


def _ms(work: Callable[[], object], server: psutil.Process | None, repeats: int) -> float:
    work()
    spent = []
    for _ in range(repeats):
        before, began = server_seconds(server), time.process_time()
        work()
        spent.append((time.process_time() - began + server_seconds(server) - before) * 1000)
    return round(statistics.quantiles(spent, n=20)[-1] if repeats > 1 else spent[0], 1)


def _table(results: dict[str, dict[str, Figures]]) -> str:
    heads = "".join(
        f" page at {number}, ms | read | count, ms | read | found |" for number in results
    )
    lines = [f"| filter |{heads}", "|" + "---|" * (1 + 5 * len(results))]
    for written in FILTERS:
        cells = "".join(
            f" {one.page_ms} | {one.page_read:,} | {one.count_ms} | {one.count_read:,} |"
            f" {one.found} |"
            for one in (figures[written] for figures in results.values())
        )
        lines.append(f"| {f'`{written}`' if written else '(all)'} |{cells}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
