"""`python -m tests.assistants.clients [NAME …]`: real assistants, and what came of each step."""

import argparse
import sys
import tempfile
from pathlib import Path

from store.domain.clock import FixedClock, SystemClock
from tests.assistants.clients.programs import PROGRAMS
from tests.assistants.clients.story import STEPS, WORKED, Told, told
from tests.house import build
from tests.verifier.serving import Served, serving


def main() -> int:
    """Try them, and print the table; 1 where one of them did not get through."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.assistants.clients", description=__doc__.partition(": ")[2]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="Which; all without any.")
    given = parser.parse_args()
    found = []
    for program in PROGRAMS:
        if given.names and program.name not in given.names:
            continue
        # A home of its own, and a house: nobody uses up what another may do in an hour.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            house = build(folder)
            assert isinstance(house.clock, FixedClock)
            house.clock.advance(SystemClock().now() - house.clock.now())
            with serving(house, folder / "stderr") as server, server.client() as client:
                found.append(told(program, Served(house, server, client), folder / "home"))
        print(_line(found[-1]), file=sys.stderr)
    print("| assistant |", " | ".join(STEPS), "|")
    print("|---" * (len(STEPS) + 1) + "|")
    for one in found:
        print(_line(one))
    return 0 if all(one.well for one in found) else 1


def _line(one: Told) -> str:
    cells = [_cell(one.steps.get(step, "-")) for step in STEPS]
    missing = one.steps.get("not to be had")
    more = f" not to be had: {missing}" if missing else ""
    return f"| {one.program.package} | {' | '.join(cells)} |{more}"


def _cell(text: str) -> str:
    return text if text == WORKED else " ".join(text.split())


if __name__ == "__main__":
    raise SystemExit(main())
