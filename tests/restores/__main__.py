"""`python -m tests.restores --examples 500`: the long search, by hand."""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.house import build
from tests.restores.left_out import LEFT_OUT, without
from tests.restores.machine import search

AT_A_TIME = 50


def main() -> None:
    """Search with everything, then without each; print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.restores", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="with everything")
    parser.add_argument("--each", type=int, default=0, help="with each left out, at most")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:
        pattern = build(Path(folder))
        pattern.store.close()
        began, tried, steps = time.monotonic(), 0, 0
        while tried < given.examples:
            # Hypothesis remembers all that it has tried.
            some = min(AT_A_TIME, given.examples - tried)
            found = search(pattern, some, seeded=given.seed + tried)
            tried, steps = tried + found.examples, steps + found.steps
            print(f"{tried} examples, {steps} steps: nothing", flush=True)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
        for what in LEFT_OUT if given.each else ():
            found = search(pattern, given.each, seeded=given.seed, broken=partial(without, what))
            print(f"without {what}: {found.revived or 'nothing'}", flush=True)


if __name__ == "__main__":
    main()
