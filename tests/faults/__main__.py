"""`python -m tests.faults --seconds N`: each fault for so long, and what came of it as a table."""

import argparse
import sys

from tests.faults.faults import line, paused, server_full, server_killed
from tests.faults.proxy import Mode
from tests.faults.report import table
from tests.faults.stand import stand


def main() -> int:
    """Run all and print the table; 1 when anything stale was accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each fault")
    parser.add_argument("--lease", help="of the verifiers; by default they read through")
    given = parser.parse_args()
    reports = []
    with stand(verifiers=2, lease=given.lease) as built:
        for name, fault, touched in [
            ("nothing", line(Mode.PASS), ()),
            ("one verifier's line cut", line(Mode.CUT, 0), (0,)),
            ("one verifier's line stalled", line(Mode.STALL, 0), (0,)),
            ("all lines slow, 20 ms each way", line(Mode.SLOW), ()),
            ("notifications lost", line(Mode.DEAF), ()),
            ("one verifier stopped", paused(0), (0,)),
            ("PostgreSQL killed, started again", server_killed, ()),
            ("no connection to be had", server_full, ()),
        ]:
            reports.append(built.watch(name, fault, given.seconds, touched))
            print(f"{name}: {len(reports[-1].stale)} stale", file=sys.stderr)
        print(built.revoker.failures[-3:], file=sys.stderr)
    print(table(reports))
    return 1 if any(one.stale for one in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
