"""Counting what is limited: exact in one worker, and bounded among several whatever they hear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.credential import Credential
from store.domain.times import HOUR, MINUTE, SECOND
from store.verifier.usage import limit_book
from store.verifier.usage.limit_book import FRESH_S, TOLD_S, Asked, Counted, Heard, LimitBook

NOW = 1_795_521_600_000
PLAIN = Credential("id", 1, "acme", "pro", "Website", b"", "", "events:read", None, None)


def held(*limits: str) -> Credential:
    """Return a key with limits of its own."""
    return PLAIN._replace(limits=" ".join(limits), lineage="first")


def alone() -> LimitBook:
    """Return a book of whoever knows that nobody else lives, and that nothing is used."""
    book = LimitBook()
    book.begin({}, 1, NOW, whole=True)
    return book


class Several:
    """Some books, what they have told, and one clock that none can set."""

    def __init__(self, number: int) -> None:
        self.at = 0.0
        self.books = [LimitBook(monotonic=lambda: self.at) for _ in range(number)]
        for book in self.books:
            book.live = number
        self.names = list(range(number))
        self.told: dict[tuple[Counted, int], dict[int, int]] = {}

    def begin_again(self, place: int, *, knows: bool) -> None:
        """Let one of them tell all, and another take its place; what `knows` was read before."""
        self.exchange(place)
        book = self.books[place] = LimitBook(monotonic=lambda: self.at)
        self.names[place] = max(self.names) + 1
        used = {window: sum(told.values()) for window, told in self.told.items()} if knows else {}
        book.begin(used, len(self.books), NOW, whole=knows)

    def let_through(self, place: int, credential: Credential, cost: int = 1) -> bool:
        """Let one of them decide about a request now."""
        now = NOW + round(self.at * SECOND)
        return self.books[place].take(credential, cost, now).passed

    def exchange(self, place: int) -> None:
        """Let one of them tell, and hear of the others."""
        asked = self.books[place].asking()
        for one in asked:
            row = self.told.setdefault((one.counted, one.begins), {})
            row[self.names[place]] = max(one.used, row.get(self.names[place], 0))
        answers = [self._answer(self.names[place], one) for one in asked]
        self.books[place].heard(asked, answers, len(self.books))

    def _answer(self, name: int, asked: Asked) -> Heard:
        here, before = (
            {
                other: used
                for other, used in self.told.get((asked.counted, begins), {}).items()
                if other != name and used
            }
            for begins in (asked.begins, asked.before)
        )
        own = self.told.get((asked.counted, asked.begins), {}).get(name, 0)
        return Heard(sum(here.values()), len(here | before) + 1, own)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(-MINUTE, 2 * MINUTE)), min_size=1, max_size=80
    )
)
def test_one_worker_lets_no_more_through_than_the_limit_however_its_clock_is_set(
    asked: list[tuple[int, int]],
) -> None:
    book, key, now, latest = alone(), held("20/1m", "50/1h"), NOW, NOW
    passed: list[tuple[int, int]] = []
    for cost, step in asked:
        # By less than a window.
        now = max(now + step, latest - MINUTE)
        latest = max(latest, now)
        tally = book.take(key, cost, now)
        # Where it may pass, it does.
        assert tally.passed == (tally.wait_s is None)
        if tally.passed:
            passed.append((tally.left[0].ends_at, cost))
            assert all(left.remaining >= 0 for left in tally.left)
    for ends in {end for end, _ in passed}:
        assert sum(cost for end, cost in passed if end == ends) <= 20


def test_one_that_is_only_observed_lets_all_through_and_says_which_it_would_not_have() -> None:
    book, watched = alone(), held("2/1m?", "4/1h")
    taken = [book.take(watched, 1, NOW) for _ in range(5)]
    assert [one.passed for one in taken] == [True] * 4 + [False]
    assert [one.exceeded for one in taken] == [False, False, True, True, False]
    assert [str(one.limit.window) for one in taken[0].left] == ["4/1h"]
    # Enforced by then, what was used stays used.
    assert not book.take(held("4/1m"), 1, NOW).passed


def test_a_clock_that_is_set_back_gives_nothing_twice() -> None:
    book, key = alone(), held("1/1m")
    assert book.take(key, 1, NOW).passed
    assert not book.take(key, 1, NOW - 1).passed
    assert not book.take(key, 1, NOW - MINUTE).passed
    assert book.take(key, 1, NOW + MINUTE).passed


def test_all_limits_must_have_something_left_and_none_is_used_where_one_refuses() -> None:
    book, key = alone(), held("2/1m", "3/1h")
    assert [book.take(key, 1, NOW).passed for _ in range(4)] == [True, True, False, False]
    tally = book.take(key, 1, NOW + MINUTE)
    assert [one.remaining for one in tally.left] == [1, 0]
    refused = book.take(key, 1, NOW + MINUTE)
    assert (refused.wait_s, [one.limit.name for one in refused.left]) == (59 * 60, ["hour"])
    assert [one.remaining for one in book.take(key, 1, NOW + HOUR).left] == [1, 2]


@given(
    st.integers(2, 8),
    st.integers(1, 300),
    st.lists(
        st.tuples(
            st.integers(0, 7), st.integers(0, 60), st.sampled_from(["nothing", "hears", "ends"])
        ),
        min_size=5,
        max_size=120,
    ),
)
def test_several_let_through_less_than_two_and_a_half_times_the_limit_whatever_they_hear(
    number: int, most: int, steps: list[tuple[int, int, str]]
) -> None:
    several, key, passed = Several(number), held(f"{most}/1h"), 0
    for place, requests, then in steps:
        for _ in range(requests * 5):
            passed += several.let_through(place % number, key)
        several.at += 0.3
        if then == "hears":
            several.exchange(place % number)
        elif then == "ends":
            several.begin_again(place % number, knows=True)
    assert passed <= 2.5 * most + number


@pytest.mark.parametrize("number", [2, 4, 16])
def test_before_they_have_heard_of_each_other_all_let_through_the_limit_and_one_each(
    number: int,
) -> None:
    several, key = Several(number), held("100/1m")
    passed = sum(several.let_through(place, key) for place in range(number) for _ in range(200))
    assert 100 <= passed < 100 + number


def test_one_that_is_asked_alone_lets_all_through_once_it_has_heard_that() -> None:
    several, key = Several(4), held("100/1m")
    assert [several.let_through(0, key) for _ in range(26)].count(True) == 25
    several.exchange(0)
    # The others may not have told yet.
    assert [several.let_through(0, key) for _ in range(80)].count(True) == 19
    several.at = TOLD_S
    several.exchange(0)
    assert [several.let_through(0, key) for _ in range(80)].count(True) == 56
    for several.at in (56.0, 58.0, 59.5):
        assert not several.let_through(0, key)
        several.exchange(0)
    several.at = 60.0
    # Nobody else used the last window, so the next one is its own from the beginning.
    assert [several.let_through(0, key) for _ in range(120)].count(True) == 100


def test_one_that_is_cut_off_goes_on_with_its_share_and_says_so() -> None:
    several, key = Several(3), held("90/1m")
    for place in range(3):
        several.let_through(place, key)
        several.exchange(place)

    def unheard_s() -> float | None:
        return several.books[0].unheard_s

    assert unheard_s() is None
    let_through = []
    for minute in range(1, 4):
        several.at = minute * 60.0
        let_through.append([several.let_through(0, key) for _ in range(90)].count(True))
    assert let_through == [30, 30, 30]
    assert (unheard_s() or 0) > FRESH_S
    several.exchange(0)
    assert unheard_s() is None


def test_who_has_little_left_of_a_share_is_heard_before_their_turn() -> None:
    several, key, hastened = Several(2), held("100/1m"), []
    book = several.books[0]
    book.hasten = lambda: hastened.append(several.at)
    several.let_through(0, key)
    assert hastened
    several.at = TOLD_S
    several.exchange(0)
    hastened.clear()
    for _ in range(99):
        several.let_through(0, key)
    # All of the rest is its own: there is nothing to hear.
    assert not hastened


def test_what_is_only_observed_hastens_nothing_however_much_is_used() -> None:
    several, key, hastened = Several(2), held("2/1m?"), []
    several.let_through(0, key)
    several.exchange(0)
    several.books[0].hasten = lambda: hastened.append(several.at)
    for _ in range(10):
        assert several.let_through(0, key)
        several.exchange(0)
    assert not hastened


@pytest.mark.parametrize("knows", [True, False])
def test_one_that_begins_again_lets_through_what_was_left_or_half_until_it_has_heard(
    *, knows: bool
) -> None:
    several, key = Several(1), held("100/1d")
    several.begin_again(0, knows=True)
    let_through = []
    for _ in range(3):
        let_through.append([several.let_through(0, key) for _ in range(80)].count(True))
        several.begin_again(0, knows=knows)
    assert let_through == ([80, 20, 0] if knows else [80, 50, 50])
    hastened: list[bool] = []
    several.books[0].hasten = lambda: hastened.append(True)
    several.let_through(0, key)
    # Others may have begun at the same time.
    assert hastened
    several.exchange(0)
    assert not several.let_through(0, key)


def test_who_is_gone_is_no_user() -> None:
    several, key = Several(1), held("100/1d")
    several.begin_again(0, knows=True)
    for _ in range(4):
        assert several.let_through(0, key)
        several.begin_again(0, knows=True)
        several.at += TOLD_S
    several.let_through(0, key)
    several.exchange(0)
    assert [several.let_through(0, key) for _ in range(100)].count(True) == 95


def test_what_went_from_a_full_book_comes_back_from_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limit_book, "MOST_COUNTS", 10)
    several, key = Several(1), held("100/1d")
    several.begin_again(0, knows=True)
    assert [several.let_through(0, key) for _ in range(90)].count(True) == 90
    several.exchange(0)
    for number in range(20):
        other = key._replace(lineage=f"other {number}")
        assert several.let_through(0, other)
        several.exchange(0)
    # What is told in the end is not less than what was told before.
    assert [several.let_through(0, key) for _ in range(3)].count(True) == 3
    several.exchange(0)
    assert [several.let_through(0, key) for _ in range(100)].count(True) == 7
    several.exchange(0)
    [told] = [told for (of, _), told in several.told.items() if of.value == "first"]
    assert sum(told.values()) == 100


def test_a_full_book_lets_go_first_of_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit_book, "MOST_COUNTS", 10)
    book, key = alone(), held("1/1d")
    assert book.take(key, 1, NOW).passed
    for number in range(30):
        # Never told: the store cannot be written.
        other = held("1/1s")._replace(lineage=f"other {number}")
        assert book.take(other, 1, NOW + number * SECOND).passed
    assert not book.take(key, 1, NOW + MINUTE).passed
    assert len(book.asking()) <= 11


def test_what_costs_more_than_a_share_passes_once_it_was_heard_that_so_much_is_left() -> None:
    several, key = Several(4), held("100/1h")
    hastened: list[float] = []
    several.books[0].hasten = lambda: hastened.append(several.at)
    for place in range(4):
        several.let_through(place, key)
        several.exchange(place)
    several.at = 0.25
    assert not several.let_through(0, key, 40)
    for several.at in (0.3, 0.6, 0.9):
        # Whoever was refused comes again in a second, so it is asked until then.
        several.exchange(0)
        assert hastened.pop() == several.at
    several.at = 1.05
    # Whatever it let through since.
    assert several.let_through(0, key)
    assert several.let_through(0, key, 40)
    # One each time that it is heard, and of what is left.
    assert not several.let_through(0, key, 40)
    several.exchange(0)
    assert several.let_through(0, key, 40)
    several.exchange(0)
    assert not several.let_through(0, key, 40)
    several.at = 4.0
    several.exchange(0)
    hastened.clear()
    several.exchange(0)
    assert not hastened
