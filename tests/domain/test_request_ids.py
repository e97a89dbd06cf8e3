"""Request ids: what was put in comes out again, and nothing that was mistyped or made up does."""

from hypothesis import assume, given
from hypothesis import strategies as st

from store.credentials.peppers import Peppers
from store.domain.clock import FixedClock
from store.domain.key_string import ALPHABET
from store.domain.request_ids import LENGTH, PURPOSE, RequestIds, Told, read
from store.domain.times import LATEST
from store.domain.verdicts import OUTCOMES

PEPPERS = Peppers([b"older" * 7, b"newer" * 7])
KEYS = [PEPPERS.derive_newest(PURPOSE)]
outcomes = st.sampled_from(tuple(OUTCOMES))
instants = st.integers(0, 62**8 - 1)


def made(at: int, outcome: str) -> str:
    """Return an id for an outcome at an instant."""
    return RequestIds(KEYS[0], FixedClock(at)).make(outcome).decode("ascii")


@given(instants, outcomes)
def test_an_id_says_when_it_was_made_and_for_which_outcome(at: int, outcome: str) -> None:
    text = made(at, outcome)
    assert len(text) == LENGTH == 23
    assert read(text, KEYS) == Told(at, outcome)


@given(instants, outcomes, st.integers(4, LENGTH - 1), st.sampled_from(ALPHABET))
def test_no_single_wrong_character_goes_unnoticed(
    at: int, outcome: str, place: int, other: str
) -> None:
    text = made(at, outcome)
    wrong = text[:place] + other + text[place + 1 :]
    assume(wrong != text)
    # Under the MAC one in fifteen million would.
    assert read(wrong, KEYS) is None


@given(instants, outcomes, st.integers(13, LENGTH - 2))
def test_no_two_neighbours_that_changed_places_go_unnoticed(
    at: int, outcome: str, place: int
) -> None:
    text = made(at, outcome)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert swapped == text or read(swapped, KEYS) is None


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert read(text, KEYS) is None
    assert read(f"req_{text}", KEYS) is None


def test_an_id_of_another_store_says_nothing_here() -> None:
    elsewhere = Peppers([b"else" * 8])
    assert read(made(0, "expired"), [elsewhere.derive(PURPOSE, elsewhere.newest)]) is None


def test_ids_of_one_millisecond_differ_and_later_ones_sort_behind() -> None:
    clock = FixedClock(LATEST // 1000)
    ids = RequestIds(KEYS[0], clock)
    first = {ids.make("missing") for _ in range(10_000)}
    assert len(first) == 10_000
    clock.advance(1)
    assert ids.make("answered") > max(first)
