"""What a verifier remembers, and for how long."""

import pytest

from store.domain.leases.holding import EVERYTHING, Holding

LEASE_S = 3.0
USABLE_S = 2.7


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.reads = 50.0

    def __call__(self) -> float:
        return self.reads


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def holding(clock: Hands) -> Holding[str]:
    """One that has applied everything up to revision 7 and holds a lease."""
    made = Holding[str](LEASE_S, clock, most=3)
    made.apply(7, (), "one")
    made.granted(made.asks(), "one")
    return made


def remember(holding: Holding[str], row_id: str, subject: str | None = None) -> None:
    assert holding.keep(holding.ticket(), subject or row_id, row_id, f"row of {row_id}")


def test_memory_answers_until_the_lease_ends_which_is_counted_from_before_it_was_asked_for(
    holding: Holding[str], clock: Hands
) -> None:
    remember(holding, "key")
    asked_at = holding.asks()
    clock.reads += 2.0
    holding.granted(asked_at, "one")
    clock.reads = asked_at + USABLE_S - 0.001
    assert holding.recall("key") == "row of key"
    clock.reads = asked_at + USABLE_S
    assert holding.recall("key") is None
    assert holding.ticket() is None


def test_a_lease_granted_after_the_one_before_ended_finds_nothing_remembered(
    holding: Holding[str], clock: Hands
) -> None:
    remember(holding, "key")
    ticket = holding.ticket()
    asked_at = holding.asks() + 2.0
    clock.reads += USABLE_S
    holding.granted(asked_at, "one")
    assert holding.live
    assert holding.recall("key") is None
    assert not holding.keep(ticket, "key", "key", "read before")


def test_a_change_is_forgotten_with_all_that_it_is_about_and_nothing_else(
    holding: Holding[str],
) -> None:
    remember(holding, "key")
    remember(holding, "token", "connection")
    remember(holding, "other token", "connection")
    holding.apply(8, ["connection"], "one")
    assert [holding.recall(one) for one in ("token", "other token")] == [None, None]
    assert holding.recall("key") is not None
    holding.apply(9, [EVERYTHING], "one")
    assert len(holding) == 0
    assert holding.revision == 9
    assert holding.live


def test_what_was_being_read_while_a_change_was_applied_is_not_kept(holding: Holding[str]) -> None:
    ticket = holding.ticket()
    holding.apply(8, [], "one")
    assert holding.keep(ticket, "key", "key", "row")
    for revision, subject in ((9, "other key"), (10, EVERYTHING)):
        ticket = holding.ticket()
        holding.apply(revision, [subject], "one")
        assert holding.keep(ticket, "key", "key", "row") is False
    ticket = holding.ticket()
    holding.forget()
    assert holding.keep(ticket, "key", "key", "row") is False


@pytest.mark.parametrize(("revision", "timeline"), [(9, "two"), (6, "one")])
def test_on_another_timeline_or_an_earlier_revision_all_begins_anew(
    holding: Holding[str], revision: int, timeline: str
) -> None:
    remember(holding, "key")
    holding.apply(revision, (), timeline)
    assert not holding.live
    assert len(holding) == 0
    holding.granted(holding.asks(), timeline)
    assert holding.live


def test_a_lease_of_a_timeline_that_was_not_applied_is_none(holding: Holding[str]) -> None:
    remember(holding, "key")
    holding.granted(holding.asks(), "two")
    assert not holding.live
    assert len(holding) == 0


def test_the_oldest_makes_room(holding: Holding[str]) -> None:
    for row_id in ("first", "second", "third", "first", "fourth"):
        remember(holding, row_id)
    assert len(holding) == 3
    assert holding.recall("first") is None


def test_what_was_read_while_the_lease_ended_is_not_kept(
    holding: Holding[str], clock: Hands
) -> None:
    ticket = holding.ticket()
    assert holding.ends == pytest.approx(clock.reads + USABLE_S)
    clock.reads = holding.ends
    assert holding.keep(ticket, "key", "key", "row") is False
    assert len(holding) == 0


def test_to_apply_the_same_revision_again_gives_nothing_up(holding: Holding[str]) -> None:
    remember(holding, "key")
    holding.apply(7, (), "one")
    assert holding.live
    assert holding.recall("key") is not None


def test_before_anything_was_applied_there_is_neither_a_lease_nor_a_revision(clock: Hands) -> None:
    made = Holding[str](LEASE_S, clock)
    assert not made.live
    assert made.ticket() is None
    # The store's first is 0, which this one has not confirmed.
    assert made.revision < 0


def test_what_a_row_was_about_before_it_was_forgotten_says_nothing(holding: Holding[str]) -> None:
    remember(holding, "token", "connection")
    holding.forget()
    remember(holding, "token")
    holding.apply(8, ["connection"], "one")
    assert holding.recall("token") is not None
    holding.apply(9, ["token"], "one")
    assert holding.recall("token") is None


def test_what_a_row_was_about_before_it_made_room_says_nothing(holding: Holding[str]) -> None:
    for row_id in ("token", "other token"):
        remember(holding, row_id, "connection")
    for row_id in ("first", "second"):
        remember(holding, row_id)
    remember(holding, "token")
    holding.apply(8, ["connection"], "one")
    assert holding.recall("token") is not None
    assert holding.recall("other token") is None


def test_what_was_being_read_over_a_change_of_one_row_and_then_of_all_is_not_remembered(
    holding: Holding[str],
) -> None:
    ticket = holding.ticket()
    holding.apply(8, ["another"], "one")
    holding.forget()
    assert not holding.keep(ticket, "key", "key", "row of key")
