"""`python -m tests.faults --seconds N`: each fault for so long, and what came of it as a table."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults import faults
from tests.faults.faults import line, paused
from tests.faults.proxy import Mode
from tests.faults.report import Report, table
from tests.faults.stand import stand
from tests.faults.stands import FAKETIME, Clock, Place, namespace, namespaces_allowed

SETTLED_S = 2.0


def main() -> int:
    """Run all and print the table; 1 when anything was let in that should not have been."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each fault")
    parser.add_argument("--lease", help="of the verifiers; by default they read through")
    given = parser.parse_args()
    reports = []
    for one in _all(given.seconds, given.lease):
        print(f"{one.fault}: {len(one.stale)} stale", file=sys.stderr)
        reports.append(one)
    print(f"verifiers {f'under a lease of {given.lease}' if given.lease else 'that read through'}")
    print(table(reports))
    return 1 if any(one.stale for one in reports) else 0


def _all(seconds: float, lease: str | None) -> Iterator[Report]:
    with stand(lease=lease, settled_s=SETTLED_S) as built:
        for name, fault, touched in (
            ("nothing", line(Mode.PASS), ()),
            ("one verifier's line cut", line(Mode.CUT, 0), (0,)),
            ("one verifier's line stalled", line(Mode.STALL, 0), (0,)),
            ("every line stalled", line(Mode.STALL), ()),
            ("every line 20 ms slower each way", line(Mode.SLOW), ()),
            ("notifications lost", line(Mode.DEAF), ()),
            ("one verifier stopped", paused(0), (0,)),
            ("PostgreSQL killed, started again", faults.server_killed, ()),
            ("no connection to be had", faults.server_full, ()),
        ):
            yield built.watch(name, fault, seconds, touched)
        fault = faults.failed_over(built)
        yield built.watch("PostgreSQL killed, standby promoted", fault, seconds)
    if FAKETIME:
        with tempfile.TemporaryDirectory() as folder:
            clock = Clock(Path(folder))
            with stand((clock.place, Place()), lease, SETTLED_S) as built:
                for hours in (-2, 2):
                    fault = faults.clock_moved(clock, hours, 0)
                    yield built.watch(f"one host's clock {hours:+} hours", fault, seconds, (0,))
    else:
        print("left out: clocks, for libfaketime is not installed", file=sys.stderr)
    if namespaces_allowed():
        with namespace() as cable, stand((cable.place, Place()), lease, SETTLED_S) as built:
            yield built.watch("one verifier unplugged", faults.unplugged(cable), seconds, (0,))
    else:
        print("left out: a network that is unplugged, for only root can make one", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
