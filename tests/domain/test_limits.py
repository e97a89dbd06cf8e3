"""Windows of limits: how they are written, when they begin, what of two is strictest."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.credential import Credential
from store.domain.limits import (
    MOST_REQUESTS,
    Left,
    Limit,
    Subject,
    Window,
    from_stored,
    least,
    limits,
    observed,
    of_credential,
    policy,
    strictest,
    takes_away,
    to_stored,
    told,
)
from store.domain.times import DAY, HOUR, MINUTE, SECOND, WEEK, instant_of
from store.errors import Invalid

PLAIN = Credential("id", 1, "acme", "pro", "Website", b"", "", "events:read", None, None)
SPANS = ("1s", "10s", "1m", "90s", "1h", "1d", "2d", "1w", "month")
WINDOWS = st.builds(Window, st.integers(1, MOST_REQUESTS), st.sampled_from(SPANS), st.booleans())
SOME = st.lists(WINDOWS, min_size=1, max_size=5).map(
    lambda found: limits(map(str, strictest((), tuple(found))))
)


def at(*when: int) -> int:
    """Return an instant in UTC."""
    return instant_of(datetime(*when, tzinfo=UTC))  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (["100/1m"], "100/1m"),
        (["100/minute", "1000/HOUR"], "100/1m 1000/1h"),
        (["50000/month 5/60s"], "5/1m 50000/month"),
        (["1/day,2/week"], "1/1d 2/1w"),
        (["7/14d", "6/36h"], "6/36h 7/2w"),
        (["1/31d", "1/month", "1/30d"], "1/30d 1/month 1/31d"),
    ],
)
def test_each_length_has_one_name_and_the_shortest_comes_first(
    written: list[str], stored: str
) -> None:
    found = limits(written)
    assert to_stored(found) == stored
    assert from_stored(stored) == found


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "100", "0/1m", "100/", "100/1y", "100/0m", "-1/1m", "1.5/1m", "100/1m 100/60s"),
        *("5/1m? 9/1m?", "5/1m 5/1m?", "5/1m 9/60s?"),
        *("1/367d", "1/1s 1/2s 1/3s 1/4s 1/5s 1/6s", "٣/1m", "none 1/1m"),
        f"{MOST_REQUESTS + 1}/1m",
    ],
)
def test_what_is_no_limit_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        limits([wrong])


@pytest.mark.parametrize(
    ("span", "begins", "ends"),
    [
        ("1m", at(2027, 2, 28, 13, 7), at(2027, 2, 28, 13, 8)),
        ("1h", at(2027, 2, 28, 13), at(2027, 2, 28, 14)),
        ("1d", at(2027, 2, 28), at(2027, 3, 1)),
        ("1w", at(2027, 2, 22), at(2027, 3, 1)),
        ("month", at(2027, 2, 1), at(2027, 3, 1)),
    ],
)
def test_windows_begin_with_the_minute_the_day_on_monday_and_on_the_first(
    span: str, begins: int, ends: int
) -> None:
    window = Window(1, span)
    assert window.around(at(2027, 2, 28, 13, 7, 59)) == (begins, ends)
    assert window.around(begins) == window.around(ends - 1) == (begins, ends)
    assert window.around(ends)[0] == ends
    assert window.before(ends) == begins
    assert Window(1, "month").around(at(2027, 12, 31))[1] == at(2028, 1, 1)


@given(SOME, SOME)
def test_the_strictest_of_both_takes_away_from_neither_and_either_from_it(
    one: tuple[Window, ...], other: tuple[Window, ...]
) -> None:
    both = strictest(one, other)
    assert both == strictest(other, one)
    assert strictest(one, one) == one
    assert not takes_away(both, one)
    assert not takes_away(both, other)
    assert not takes_away(one, one)
    assert not takes_away(one, ())
    assert takes_away((), one) is any(window.enforced for window in one)


def test_one_that_is_only_observed_is_written_so_and_yields_to_what_is_enforced() -> None:
    found = limits(["100/1m", "5/1d?", "9/1h?"])
    assert to_stored(found) == "9/1h? 5/1d? 100/1m"
    assert from_stored(to_stored(found)) == found
    assert [window.enforced for window in found] == [False, False, True]
    stricter = strictest(limits(["100/1m", "5/1d?"]), limits(["50/1m?", "4/1d?"]))
    assert to_stored(stricter) == "50/1m? 4/1d? 100/1m"
    # What refuses more anyway has nothing to observe.
    assert to_stored(strictest(limits(["100/1m"]), limits(["100/1m?"]))) == "100/1m"
    assert not takes_away((), limits(["1/1m?"]))
    assert takes_away(limits(["1/1m?"]), limits(["1/1m"]))
    assert not takes_away(limits(["1/1m"]), limits(["1/1m?"]))
    assert to_stored(observed(limits(["1/1d?", "1/1m"]), enforced=True)) == "1/1m 1/1d"
    tighter = limits(["9/1m", "5/1m?"])
    assert to_stored(observed(tighter, enforced=True)) == "5/1m"
    assert to_stored(observed(tighter)) == "5/1m?"


def test_a_credential_is_held_to_its_own_limits_its_owner_s_and_its_workspace_s() -> None:
    assert of_credential(PLAIN) == ()
    held = PLAIN._replace(
        limits="100/1m 50000/month",
        shared_limits="owner 200/1m;workspace 5/1s;",
        lineage="first",
        owner="customer_42; workspace 1/1s",
    )
    found = of_credential(held)
    assert [(one.name, one.value, one.window.most) for one in found] == [
        ("minute", "first", 100),
        ("month", "first", 50000),
        ("owner-minute", held.owner, 200),
        ("workspace-second", "", 5),
    ]
    assert of_credential(held._replace(limits=None)) == found[2:]
    assert policy(found[:3]) == '"minute";q=100;w=60, "month";q=50000, "owner-minute";q=200;w=60'


def test_what_is_told_is_the_one_with_least_left_and_the_seconds_until_it_is_whole() -> None:
    minute, hour = (
        Left(Limit(Subject.KEY, "first", Window(100, span)), remaining, ends)
        for span, remaining, ends in (("1m", 42, 17 * SECOND), ("1h", 42, HOUR))
    )
    assert told(minute, 0) == '"minute";r=42;t=17'
    assert told(minute, 1) == '"minute";r=42;t=17'
    assert told(minute, 17 * SECOND - 1) == told(minute, 20 * SECOND) == '"minute";r=42;t=1'
    assert least([minute, hour]) is hour
    assert least([minute._replace(remaining=41), hour]).remaining == 41


def test_limits_read_as_somebody_says_them() -> None:
    said = [Window(most, span).times for most, span in ((1, "1h"), (1000, "10s"), (2, "month"))]
    assert said == ["once an hour", "1,000 times in 10s", "2 times a month"]
    assert Window(1000, "1m").words == "1,000 a minute"
    assert {SECOND, MINUTE, HOUR, DAY, WEEK} == {
        Window(1, span).around(0)[1] - Window(1, span).around(0)[0]
        for span in ("1s", "1m", "1h", "1d", "1w")
    }
