"""`python -m tests.vouching --examples 2000`: the long search, by hand."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.hashes import quick_hashes
from tests.house import build
from tests.vouching.left_out import RULES, left_out
from tests.vouching.machine import STEPS
from tests.vouching.searching import search


def main() -> None:
    """Search with every rule, then without each; print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.vouching", description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="with every rule")
    parser.add_argument("--each", type=int, default=200, help="with each rule left out, at most")
    parser.add_argument("--steps", type=int, default=STEPS, help="in one example")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    quick_hashes()
    with tempfile.TemporaryDirectory(prefix="keydeck-") as folder:
        house = build(Path(folder))
        house.store.close()
        for rule in ("", *RULES):
            began, most = time.monotonic(), given.each if rule else given.examples
            if rule:
                with left_out(rule):
                    found, steps = search(house, most, seeded=given.seed, steps=given.steps)
            else:
                found, steps = search(house, most, seeded=given.seed, steps=given.steps)
            took = time.monotonic() - began
            print(f"{steps:8} steps {took:7.1f} s  {rule or 'every rule'}: {found or 'nothing'}")


if __name__ == "__main__":
    main()
