"""The one table of what is tried by hand."""

import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was tried."""

    what: str
    version: str
    """What it is called where it was had from, with its version."""
    came: str
    """What came of it."""
    well: bool = True
    skipped: bool = False
    """Whether it is not to be had here, and was not tried."""


def printed(rows: Iterable[Row]) -> int:
    """Print rows, each as it comes and at last as one table; 1 where something is not well."""
    found = []
    for row in rows:
        found.append(row)
        print(_line(row), file=sys.stderr, flush=True)
    print("| tried | version | came of it |\n|---|---|---|")
    for row in found:
        print(_line(row))
    skipped = ", ".join(f"{one.what} ({one.version})" for one in found if one.skipped)
    print(f"\nSkipped: {skipped or 'nothing'}.", flush=True)
    return 0 if all(one.well for one in found) else 1


def unstopped(rows: Iterator[Row], what: str) -> Iterator[Row]:
    """Give rows as they are made; where something stops them, that is a row, too."""
    try:
        yield from rows
    except Exception as error:
        traceback.print_exc()
        yield Row(what, "", f"stopped: {type(error).__name__}: {error}", well=False)


def _line(row: Row) -> str:
    cells = (" ".join(one.split()).replace("|", "¦") for one in (row.what, row.version, row.came))
    return f"| {' | '.join(cells)} |"
