"""`python -m tests.races --seconds 60`: the long race, by hand."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.house import build
from tests.races.race import race


def main() -> int:
    """Run it and print its report; 1 when anything stale was answered."""
    parser = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="of each server")
    parser.add_argument("--hammers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        report = race(build(Path(folder)), Path(folder), given.pop("seconds"), **given)
    print(report.told())
    for line in sorted(set(report.stale)):
        print(f"  {report.stale.count(line)} x {line}")
    return 1 if report.stale else 0


if __name__ == "__main__":
    sys.exit(main())
