"""Whatever breaks, a key whose revocation was reported in force is let in by nobody.

The short form: `python -m tests.faults` is the long one, and has what only root can break.
"""

from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.clients import Asked
from tests.faults.faults import line, paused
from tests.faults.proxy import Mode
from tests.faults.report import Report, Times, report, table
from tests.faults.revoking import Receipt
from tests.faults.stand import stand
from tests.faults.stands import FAKETIME, Clock, Place

LEASE = "1s"
SECONDS = 1.2
"""Longer than the lease, and than anybody waits for it to have run out."""
RATE = 50
"""Requests a second that leave time for other tests."""


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
def test_no_fault_lets_a_revoked_key_in(tmp_path: Path) -> None:
    clock, first = Clock(tmp_path), (0,)
    reports: list[Report] = []
    # One after the other: a stand costs more than most of them.
    with stand([clock.place, Place()], LEASE, rate=RATE) as built:
        for name, fault, touched in (
            ("line cut", line(Mode.CUT, 0), first),
            ("line stalled", line(Mode.STALL, 0), first),
            ("notifications lost", line(Mode.DEAF), ()),
            ("verifier stopped", paused(0), first),
            ("server killed", faults.server_killed, ()),
            ("server full", faults.server_full, ()),
            ("clock set back", faults.clock_moved(clock, -2, 0), first),
            ("clock set forward", faults.clock_moved(clock, 2, 0), first),
        ):
            reports.append(built.watch(name, fault, SECONDS, touched))
        reports.append(built.watch("standby promoted", faults.failed_over(built), SECONDS))
    told = table(reports)
    assert not any(one.stale for one in reports), told
    # It must have been tried.
    assert all(one.revocations and one.accepted_before for one in reports), told
    # Who is not touched goes on.
    assert all(one.elsewhere is None or one.elsewhere > 0.5 for one in reports), told


def test_what_was_let_in_too_late_is_found() -> None:
    receipts = [Receipt("a", 10, 20)]
    asked = [Asked(0, False, "a", begun, begun + 9, 200) for begun in (19, 20, 21)]
    asked.append(Asked(0, False, "a", 22, 23, 401))
    came = report("", asked, receipts, Times(0, 1, 2, 30), [0])
    assert came.stale == [asked[2]]
