"""`python -m tests.wal_index --seconds 600`: the long trial, by hand.

With `--left-out RULE` the verifiers do not keep one of the rules, and stale answers are found; by
the rule of one copy alone, and where they are only slow, none are.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.house import build
from tests.wal_index.left_out import LEFT_OUT, prelude
from tests.wal_index.trial import trial


def main() -> int:
    """Run it and print its report; 1 when anything stale was answered."""
    parser = argparse.ArgumentParser(prog="python -m tests.wal_index", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--revocations", type=int, help="or until so many were seen, if sooner")
    parser.add_argument("--round", type=float, default=20, help="seconds between replacements")
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="of each server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--left-out", choices=sorted(LEFT_OUT), metavar="RULE")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = trial(
            build(Path(folder)),
            Path(folder),
            given.seconds,
            round_s=given.round,
            servers=given.servers,
            workers=1 if given.left_out else given.workers,
            seed=given.seed,
            prelude=prelude(given.left_out),
            revocations=given.revocations,
        )
    print(report.told())
    return 1 if report.stale else 0


if __name__ == "__main__":
    sys.exit(main())
