"""Whatever breaks, a key whose revocation was reported in force is let in by nobody.

The short forms: `python -m tests.faults` has the long ones, and those that need a root.
"""

from collections.abc import Collection, Iterator

import pytest

from tests.faults import faults
from tests.faults.clients import Asked
from tests.faults.faults import Fault, line, paused
from tests.faults.places import FAKETIME, Clock, Place
from tests.faults.proxy import Mode
from tests.faults.report import Report, Times, report
from tests.faults.revoking import Receipt
from tests.faults.stand import Stand, stand

LEASE = "1s"
SECONDS = 1.5
"""Longer than the lease, and than anybody waits for it to have run out."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stand, Clock]]:
    """A stand, and the clock of the host that its first verifier is on."""
    clock = Clock(tmp_path_factory.mktemp("clock"))
    with stand([clock.place if FAKETIME else Place(), Place()], LEASE) as made:
        yield made, clock


def held(came: Report) -> None:
    """Fail if anything was let in that should not have been, or nothing was tried."""
    assert came.stale == []
    assert came.revocations > 0
    assert came.accepted_before > 0


@pytest.mark.parametrize(
    ("fault", "touched"),
    [
        (line(Mode.CUT, 0), (0,)),
        (line(Mode.STALL, 0), (0,)),
        (line(Mode.DEAF), ()),
        (paused(0), (0,)),
        (faults.server_killed, ()),
        (faults.server_full, ()),
    ],
    ids=["cut", "stalled", "deaf", "stopped", "killed", "full"],
)
def test_a_fault_lets_no_revoked_key_in_and_is_over_when_it_ends(
    built: tuple[Stand, Clock], fault: Fault, touched: Collection[int]
) -> None:
    came = built[0].watch("", fault, SECONDS, touched)
    held(came)
    assert came.back_ms < 2000
    assert came.after > 0.9
    # Who is not touched does not notice.
    assert came.elsewhere is None or came.elsewhere > 0.9


def test_a_promoted_standby_lets_no_revoked_key_in(built: tuple[Stand, Clock]) -> None:
    stand, _ = built
    held(stand.watch("", faults.failed_over(stand), SECONDS))


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_jumps_lets_no_revoked_key_in(built: tuple[Stand, Clock], hours: int) -> None:
    stand, clock = built
    held(stand.watch("", faults.clock_moved(clock, hours, 0), SECONDS, (0,)))


def test_what_was_let_in_too_late_is_found() -> None:
    receipts = [Receipt("a", 10, 20)]
    asked = [Asked(0, False, "a", begun, begun + 9, 200) for begun in (19, 20, 21)]
    asked.append(Asked(0, False, "a", 22, 23, 401))
    came = report("", asked, receipts, Times(0, 1, 2, 30), [0])
    assert came.stale == [asked[2]]
