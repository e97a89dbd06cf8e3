"""Instants, durations and dates."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.text import sentences, times
from store.domain.clock import FixedClock, SystemClock
from store.domain.times import (
    DAY,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    WEEK,
    duration,
    expiry,
    instant_of,
    moment,
    rfc3339,
    rfc3339_or_none,
    sooner,
    whole_days,
)
from store.errors import Invalid

NOW = 1_795_521_600_000  # 2026-11-24 12:00 UTC


@given(st.integers(0, LATEST))
def test_an_instant_reads_back_from_rfc_3339(instant: int) -> None:
    written = rfc3339(instant)
    assert instant_of(datetime.fromisoformat(written)) == instant
    assert moment(instant).utcoffset() == timedelta(0)
    assert len(written) == 24


@pytest.mark.parametrize(
    ("instant", "than", "is_sooner"),
    [
        (NOW, NOW + 1, True),
        (NOW, NOW, False),
        (NOW + 1, NOW, False),
        (NOW, None, True),
        (0, None, True),
        (0, 1, True),
        (None, NOW, False),
        (None, None, False),
    ],
)
def test_never_comes_after_every_instant(
    instant: int | None, than: int | None, is_sooner: bool
) -> None:
    assert sooner(instant, than) is is_sooner


def test_milliseconds_and_the_zone_are_always_written() -> None:
    assert rfc3339(NOW) == "2026-11-24T12:00:00.000Z"
    assert rfc3339_or_none(NOW) == rfc3339(NOW)
    assert rfc3339_or_none(None) is None


def test_another_zone_is_the_same_instant() -> None:
    there = datetime(2026, 11, 24, 14, tzinfo=timezone(timedelta(hours=2)))
    assert instant_of(there) == NOW


@pytest.mark.parametrize(
    ("text", "length"),
    [
        *(
            ("1s", SECOND),
            ("90m", 90 * MINUTE),
            ("24h", 24 * HOUR),
            ("7d", WEEK),
            (" 2w ", 2 * WEEK),
        ),
        *(
            ("7 d", WEEK),
            ("7D", WEEK),
            ("in 90 d", 90 * DAY),
            ("5 min", 5 * MINUTE),
            ("1 day", DAY),
        ),
        *(("1mo", 30 * DAY), ("6 months", 180 * DAY), ("1y", 365 * DAY), ("In 2 Years", 730 * DAY)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, length: int) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "0d", "d", "7", "-1d", "1.5h", "7 dd", "٣d", "in", "7d ago"])
def test_nothing_else_is_a_duration(text: str) -> None:
    with pytest.raises(Invalid, match="number and s, m, h, d, w, mo or y"):
        duration(text)


@pytest.mark.parametrize("text", ["1M", "1 M", "in 1 M", " 1M "])
def test_a_unit_that_may_be_either_of_two_is_refused_wherever_a_length_is_said(text: str) -> None:
    for read in (duration, lambda one: whole_days(one, "rotate_every"), lambda one: expiry(one, 0)):
        with pytest.raises(Invalid, match="Write 1m for minutes, 1mo for months"):
            read(text)


@given(
    st.integers(1, 99), st.sampled_from(["S", "H", "D", "W", "Y", "MO", "MIN", "Months", "MINUTE"])
)
def test_every_other_unit_may_be_in_capitals(number: int, unit: str) -> None:
    assert duration(f"{number}{unit}") == duration(f"{number}{unit.lower()}")


def test_a_number_of_days_has_no_remainder() -> None:
    assert whole_days("12w", "rotate_every") == 84
    assert whole_days("48h", "rotate_every") == 2
    with pytest.raises(Invalid, match="whole number of days"):
        whole_days("36h", "rotate_every")


def test_a_date_means_until_the_end_of_that_day() -> None:
    assert expiry("2027-01-31", NOW) == instant_of(datetime(2027, 2, 1, tzinfo=UTC)) - 1
    today = expiry("2026-11-24", NOW)
    assert today is not None
    assert rfc3339(today) == "2026-11-24T23:59:59.999Z"


def test_a_leap_day_is_a_day() -> None:
    assert expiry("2028-02-29", NOW)
    with pytest.raises(Invalid, match="no day 2027-02-29"):
        expiry("2027-02-29", NOW)


def test_never_and_a_duration() -> None:
    assert expiry("never", NOW) is None
    assert expiry("90d", NOW) == NOW + 90 * DAY


@pytest.mark.parametrize("text", ["", "soon", "2027-1-31", "31.01.2027", "Nevermore", "90 Feb"])
def test_what_is_no_expiry_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(Invalid, match="90d, a date such as"):
        expiry(text, NOW)


def test_a_number_alone_is_refused_with_what_it_would_be() -> None:
    with pytest.raises(Invalid, match=r"“365” is not an expiry\. Write 365d"):
        expiry("365", NOW)
    with pytest.raises(Invalid, match=r"or y: 365d\."):
        duration("365")


@given(st.integers(NOW + SECOND, NOW + 4000 * DAY))
def test_whatever_is_shown_of_an_expiry_is_taken_for_one(instant: int) -> None:
    assert expiry(rfc3339(instant), NOW) == instant
    to_the_minute = (instant // MINUTE + 1) * MINUTE
    said = sentences.expires(to_the_minute, NOW).removeprefix("Expires ").removesuffix(".")
    for shown in (times.exact(to_the_minute), said, sentences.when(to_the_minute, NOW)):
        assert expiry(shown, NOW) == to_the_minute
    assert expiry(times.day(instant), NOW) == expiry(rfc3339(instant)[:10], NOW)
    left = expiry(times.expiry(instant, NOW), NOW)
    assert left is not None
    assert 2 * abs(left - instant) <= max(instant - NOW, SECOND)
    assert expiry(times.expiry(None, NOW), NOW) is None


@pytest.mark.parametrize(
    ("text", "why"), [("2026-11-23", "in the past"), ("9999999d", "too far"), ("999999999w", "far")]
)
def test_an_expiry_is_in_the_future_and_can_be_written(text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        expiry(text, NOW)


def test_a_fixed_clock_moves_when_it_is_moved() -> None:
    clock = FixedClock(NOW)
    clock.advance(-5)
    assert clock.now() == NOW - 5


def test_the_systems_clock_says_milliseconds() -> None:
    before = instant_of(datetime.now(UTC))
    assert before <= SystemClock().now() <= before + 60_000


def test_an_expiry_is_after_now_and_up_to_the_last_millisecond_of_the_year_9999() -> None:
    end = expiry("9999-12-31", NOW)
    assert end is not None
    assert rfc3339(end) == "9999-12-31T23:59:59.999Z"
    assert expiry("1s", end - SECOND) == end
    with pytest.raises(Invalid, match="too far"):
        expiry("1s", end - SECOND + 1)
    with pytest.raises(Invalid, match="in the past"):
        expiry("9999-12-31", end)
    assert expiry("9999-12-31", end - 1) == end


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("2026-11-24T13:00:00Z", HOUR),
        ("2026-11-24t13:00:00.5z", HOUR + 500),
        ("2026-11-24 14:00:00.123456+01:00", HOUR + 123),
        ("2026-11-25T00:30:00-12:00", DAY + 30 * MINUTE),
    ],
)
def test_an_expiry_may_be_an_instant_as_other_systems_write_it(text: str, after: int) -> None:
    assert expiry(text, NOW) == NOW + after


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T13:00:00",
        "2026-11-24T13:00Z",
        "2026-11-24T25:00:00Z",
        "2026-02-30T13:00:00Z",
        "2026-11-24T11:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-01:00",
        "2026-11-24T13:00:00+99:00",
    ],
)
def test_an_instant_without_its_zone_or_that_there_is_none_of_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        expiry(text, NOW)
