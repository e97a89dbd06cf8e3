"""Verifiers as they told of themselves: who serves, who is behind, who is gone."""

from dataclasses import replace

import pytest

from store.domain.verifier_processes import (
    Held,
    ProcessHealth,
    VerifierProcess,
    in_order,
    replacements,
)


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
        (running(14_999), ProcessHealth.BEHIND, None),
        (running(15_000), ProcessHealth.GONE, None),
        (running(1_499, 3000), ProcessHealth.SERVING, Held.LIVE),
        (running(1_500, 3000), ProcessHealth.BEHIND, Held.LIVE),
        # Somebody who revokes a key waits for it until then.
        (running(3_299, 3000), ProcessHealth.BEHIND, Held.LIVE),
        (running(3_301, 3000), ProcessHealth.GONE, Held.LAPSED),
        (running(1_099, 1000), ProcessHealth.BEHIND, Held.LIVE),
        (running(1_100, 1000), ProcessHealth.GONE, Held.LAPSED),
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


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (running(1_000, 3000), 2_300),
        (running(3_299, 3000), 1),
        (running(4_000, 3000), 0),
        (running(0, 3000, lapsed=True), 0),
        (running(0), 0),
    ],
)
def test_nobody_waits_for_a_lease_that_is_over_or_never_was(
    one: VerifierProcess, left: int
) -> None:
    assert one.lease_left_ms == left


@pytest.mark.parametrize(("milliseconds", "rate"), [(0, 0.0), (1, 50_000.0), (100_000, 0.5)])
def test_of_no_time_there_is_no_rate(milliseconds: int, rate: float) -> None:
    assert replace(running(0), recent_ms=milliseconds).requests_per_second == rate


def started(name: str, at: int, **more: object) -> VerifierProcess:
    """Return a verifier that serves since then."""
    return replace(running(0), id=name, started_at=at, seen_at=at + 90, **more)  # type: ignore[arg-type]


def gone(name: str, at: int, **more: object) -> VerifierProcess:
    """Return a verifier that was last heard of then, and is gone."""
    return replace(running(15_000), id=name, started_at=at - 90, seen_at=at, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "taken"),
    [
        ([gone("old", 100), started("new", 101)], {"old": "new"}),
        ([gone("old", 100), started("new", 100)], {"old": "new"}),
        # It ran beside the other, which nobody has replaced.
        ([gone("old", 100), started("beside", 99)], {}),
        ([gone("old", 100), started("new", 101, host="web-2")], {}),
        ([gone("old", 100), started("new", 101, address=":8081")], {}),
        # Gone itself: nobody answers there now.
        ([gone("old", 100), gone("new", 200)], {}),
        ([started("old", 100), started("new", 101)], {}),
        # The first that came after it.
        ([gone("old", 100), started("later", 130), started("new", 110)], {"old": "new"}),
        # Another for each: whoever was heard of last chooses first.
        (
            [gone("first", 100), gone("second", 105), started("a", 110), started("b", 120)],
            {"second": "a", "first": "b"},
        ),
        (
            [gone("second", 105), gone("first", 100), started("a", 103), started("b", 120)],
            {"second": "b", "first": "a"},
        ),
        # While there are enough.
        (
            [gone("first", 100), gone("second", 105), started("only", 110)],
            {"second": "only", "first": "only"},
        ),
        (
            [
                gone("first", 100),
                gone("second", 105),
                gone("third", 107),
                started("a", 110),
                started("b", 120),
            ],
            {"third": "a", "second": "b", "first": "a"},
        ),
        ([], {}),
    ],
)
def test_whoever_started_at_a_place_after_another_was_last_heard_of_has_taken_it(
    found: list[VerifierProcess], taken: dict[str, str]
) -> None:
    assert {old: new.id for old, new in replacements(found).items()} == taken


def test_what_has_to_be_looked_at_comes_first_and_last_whom_another_has_replaced() -> None:
    serving = [started(name, 500, host=host) for name, host in (("s2", "web-2"), ("s1", "web-1"))]
    behind = replace(running(7_500), id="late", host="web-3")
    lost = gone("lost", 900)
    replaced = [gone("r2", 400, process=9), gone("r1", 400, process=8)]
    found = [*replaced, *serving, behind, lost]
    assert [one.id for one in in_order(found)] == ["lost", "late", "s1", "s2", "r1", "r2"]


def test_those_of_one_host_are_in_the_order_of_their_processes_then_ids() -> None:
    found = [started("b", 1, process=11), started("c", 1, process=9), started("a", 1, process=11)]
    assert [one.id for one in in_order(found)] == ["c", "a", "b"]
