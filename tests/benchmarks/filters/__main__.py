"""`python -m tests.benchmarks.filters [KEYS …] [--postgres]`: each term, its page and its count."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from store.domain.filtering import terms
from store.domain.listing import KeyQuery
from tests.benchmarks.filters.stores import fill_with_variety
from tests.benchmarks.keeping import keep, machine
from tests.house import House, build
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


def main() -> None:
    """Measure, and print a table of milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.filters")
    parser.add_argument("keys", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--repeats", type=int, default=20)
    chosen = parser.parse_args()
    results = {
        str(number): _measured(number, chosen.repeats, postgres=chosen.postgres)
        for number in chosen.keys
    }
    _print(results)
    engine = "PostgreSQL" if chosen.postgres else "SQLite"
    keep("filters", {**machine("sqlalchemy"), "engine": engine, "milliseconds": results})


Figures = dict[str, tuple[float, float, str]]


def _measured(number: int, repeats: int, *, postgres: bool) -> Figures:
    with _house(number, postgres=postgres) as house:
        return {written: _one(house, written, repeats) for written in FILTERS}


@contextmanager
def _house(number: int, *, postgres: bool) -> Iterator[House]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if postgres:
            with own_cluster(folder) as cluster, cluster.database() as name:
                house = build(folder, cluster.url(name))
                fill_with_variety(house, number)
                yield house
                house.store.close()
            return
        house = build(folder)
        fill_with_variety(house, number)
        yield house
        house.store.close()


def _one(house: House, written: str, repeats: int) -> tuple[float, float, str]:
    query, store, alice = KeyQuery(terms(written)), house.store.keys, house.alice
    page = _p95(lambda: store.page(alice, query, limit=100), repeats)
    count = _p95(lambda: store.found(alice, query), repeats)
    found = store.found(alice, query)
    return page, count, f"{found.number:,}{'+' if found.more else ''}"


def _p95(work: Callable[[], object], repeats: int) -> float:
    work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.quantiles(taken, n=20)[-1], 1) if repeats > 1 else round(taken[0], 1)


def _print(results: dict[str, Figures]) -> None:
    head = "".join(f"{number:>9} keys: page   count  {'found':>12}" for number in results)
    print(f"p95 in ms{'':<20}{head}")
    for written in FILTERS:
        row = "".join(
            f"{page:>20.1f}{count:>8.1f}  {found:>12}"
            for page, count, found in (figures[written] for figures in results.values())
        )
        print(f"{written or '(all)':<29}{row}")


if __name__ == "__main__":
    main()
