"""When a change is in force, and why each verifier was waited for no longer."""

import pytest

from store.domain.leases.settling import Lease, Picture, SettledBy, Settlement

COMMITTED_AT, SEEN_AT = 100.0, 100.5
OVER_S, ELDERS_OVER_S = 3.3, 11.0


def lease(name: str, revision: int, *, timeline: str = "one") -> Lease:
    return Lease(name, "host", 1, revision, 3000, timeline, 4)


def seen(*leases: Lease, revision: int = 8, timeline: str = "one", settled: bool = True) -> Picture:
    return Picture(revision, timeline, settled, leases)


def settlement(picture: Picture) -> Settlement:
    return Settlement(COMMITTED_AT, picture, seen_at=SEEN_AT, committed_on="one")


def how(settling: Settlement) -> dict[str, SettledBy]:
    return {one.lease.verifier: one.how for one in settling.settled}


def test_with_nobody_to_wait_for_a_change_is_in_force_at_once() -> None:
    assert settlement(seen()).in_force


def test_it_is_in_force_once_each_verifier_has_confirmed_left_or_been_waited_out() -> None:
    settling = settlement(seen(lease("quick", 8), lease("slow", 7), lease("leaver", 7)))
    assert how(settling) == {"quick": SettledBy.CONFIRMED}
    settling.look(seen(lease("quick", 8), lease("slow", 7)), SEEN_AT + 1)
    assert how(settling)["leaver"] is SettledBy.LEFT
    (waiting,) = settling.waiting
    # From when its lease was read: it may have been renewed after the commit.
    assert waiting.until == pytest.approx(SEEN_AT + OVER_S)
    settling.pass_time(waiting.until - 0.001)
    assert settling.waiting == (waiting,)
    settling.pass_time(waiting.until)
    assert settling.in_force
    assert settling.settled[-1].how is SettledBy.LAPSED
    assert settling.settled[-1].after_s == pytest.approx(SEEN_AT + OVER_S - COMMITTED_AT)


def test_leases_of_a_server_that_is_gone_are_waited_out_unless_somebody_has_done_so() -> None:
    for known in (False, True):
        settling = settlement(seen(settled=False))
        assert settling.elders_until == pytest.approx(SEEN_AT + ELDERS_OVER_S)
        settling.look(seen(settled=known), SEEN_AT + 1)
        assert settling.in_force is known
        settling.pass_time(SEEN_AT + ELDERS_OVER_S)
        assert settling.in_force


def test_once_another_server_has_taken_over_its_silence_says_nothing() -> None:
    settling = settlement(seen(lease("unknown there", 7), lease("known there", 7)))
    there = lease("known there", 7, timeline="two")
    settling.look(seen(there, timeline="two", settled=False), SEEN_AT + 1)
    assert settling.moved
    assert settling.elders_until == pytest.approx(SEEN_AT + 1 + ELDERS_OVER_S)
    settling.pass_time(SEEN_AT + OVER_S)
    assert set(how(settling).values()) == {SettledBy.LAPSED}
    # What has lapsed is what the server before had granted.
    assert {one.lease.timeline for one in settling.settled} == {"one"}
    assert not settling.in_force


def test_what_was_confirmed_on_another_timeline_counts_as_nothing() -> None:
    settling = settlement(seen(lease("elsewhere", 9, timeline="zero")))
    assert not settling.in_force


@pytest.mark.parametrize("later", [seen(timeline="two"), seen(revision=7)])
def test_that_a_commit_may_be_lost_is_told(later: Picture) -> None:
    settling = settlement(seen(lease("slow", 7)))
    assert not settling.moved
    settling.look(later, SEEN_AT + 1)
    assert settling.moved


def test_that_it_may_have_been_lost_before_the_first_look_is_told_too() -> None:
    assert settlement(seen(timeline="two")).moved


def test_a_picture_of_no_known_instant_is_as_old_as_the_commit() -> None:
    (waiting,) = Settlement(COMMITTED_AT, seen(lease("slow", 7))).waiting
    assert waiting.until == pytest.approx(COMMITTED_AT + OVER_S)


def test_a_look_counts_the_leases_that_have_run_out_by_then() -> None:
    settling = settlement(seen(lease("slow", 7)))
    settling.look(seen(lease("slow", 7)), SEEN_AT + OVER_S)
    assert how(settling) == {"slow": SettledBy.LAPSED}
    assert settling.in_force


def test_all_is_over_when_the_last_that_is_waited_for_has_run_out() -> None:
    assert settlement(seen()).over_by is None
    assert settlement(seen(lease("slow", 7))).over_by == pytest.approx(SEEN_AT + OVER_S)
    elders = settlement(seen(settled=False))
    assert elders.over_by == pytest.approx(SEEN_AT + ELDERS_OVER_S)
    both = settlement(seen(lease("slow", 7), settled=False))
    assert both.over_by == pytest.approx(SEEN_AT + ELDERS_OVER_S)
    both.pass_time(SEEN_AT + OVER_S)
    assert both.over_by == pytest.approx(SEEN_AT + ELDERS_OVER_S)
    both.pass_time(SEEN_AT + ELDERS_OVER_S)
    assert both.over_by is None
