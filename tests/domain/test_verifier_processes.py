"""Verifiers as they told of themselves: who serves, who is behind, who is gone."""

import pytest

from store.domain.verifier_processes import Held, ProcessHealth, VerifierProcess


def running(
    seen_ms_ago: int, lease_ms: int | None = None, *, lapsed: bool = False
) -> VerifierProcess:
    """Return a verifier that was last heard of so long ago."""
    return VerifierProcess(
        id="id",
        host="web-1",
        process=7,
        version="1.0",
        address="",
        started_at=0,
        seen_at=0,
        seen_ms_ago=seen_ms_ago,
        requests=100,
        refusals=10,
        recent_ms=2000,
        recent_requests=50,
        recent_refusals=5,
        revision=41,
        behind_by=1,
        lease_ms=lease_ms,
        lapsed=lapsed,
    )


@pytest.mark.parametrize(
    ("one", "health", "lease"),
    [
        (running(7_499), ProcessHealth.SERVING, None),
        (running(7_500), ProcessHealth.BEHIND, None),
        (running(15_000), ProcessHealth.GONE, None),
        (running(1_499, 3000), ProcessHealth.SERVING, Held.LIVE),
        (running(1_500, 3000), ProcessHealth.BEHIND, Held.LIVE),
        # Somebody who revokes a key waits for it until then.
        (running(3_299, 3000), ProcessHealth.BEHIND, Held.LIVE),
        (running(3_301, 3000), ProcessHealth.GONE, Held.LAPSED),
        (running(0, 3000, lapsed=True), ProcessHealth.GONE, Held.LAPSED),
    ],
)
def test_whoever_missed_its_time_is_behind_and_who_no_longer_counts_is_gone(
    one: VerifierProcess, health: ProcessHealth, lease: Held | None
) -> None:
    assert (one.health, one.lease) == (health, lease)


def test_rates_are_of_the_time_before_it_was_seen_and_lag_is_of_what_it_remembers() -> None:
    assert (running(0).requests_per_second, running(0).refusals_per_second) == (25.0, 2.5)
    # Of one that is gone it would grow for ever.
    lags = [one.lag for one in (running(0), running(0, 3000), running(4000, 3000))]
    assert lags == [None, 1, None]
    assert running(1_000, 3000).lease_left_ms == 2_300
