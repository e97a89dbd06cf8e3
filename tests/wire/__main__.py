"""`python -m tests.wire --examples N --seed S`: ours beside h11 for long, and what came of it."""

import argparse
import sys

from tests.house import build
from tests.memory import in_memory
from tests.wire.comparing import fuzz
from tests.wire.differences import Unexplained
from tests.wire.stand import stand


def main() -> int:
    """Compare, and print how many were alike and how many differed in which way; 1 for any other.

    The smallest example that was found of each other difference is printed.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with in_memory() as folder:
        pattern = folder / "pattern"
        pattern.mkdir()
        house = build(pattern)
        house.store.close()
        with stand(house, folder) as both:
            try:
                counted = fuzz(both, given.examples, given.seed)
            except Unexplained as unexplained:
                print(unexplained)
                return 1
    for what, number in counted.most_common():
        print(f"{number:7}  {what}")
    print(f"{counted.total():7}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
