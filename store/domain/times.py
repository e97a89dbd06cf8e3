"""Instants, durations and dates: UTC milliseconds inside, RFC 3339 outside.

A date as an expiry means until the end of that day in UTC, as a beginning from its start.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from store.errors import Invalid

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

MONTH = 30 * DAY
YEAR = 365 * DAY
"""Months and years as lengths are so many days, wherever they begin."""

_UNITS = {
    spelling: unit
    for unit, spellings in (
        (SECOND, "s sec second seconds"),
        (MINUTE, "m min minute minutes"),
        (HOUR, "h hour hours"),
        (DAY, "d day days"),
        (WEEK, "w week weeks"),
        (MONTH, "mo month months"),
        (YEAR, "y year years"),
    )
    for spelling in spellings.split()
}
_DURATION = re.compile(
    rf"(?:in )?([1-9][0-9]{{0,8}}) ?({'|'.join(_UNITS)})", re.ASCII | re.IGNORECASE
)
_SHOWN = re.compile(
    r"([0-9]{1,2}) ([a-z]{3})[a-z]* ([0-9]{4})"
    r"(?: (\()?([0-9]{2}):([0-9]{2})(:[0-9]{2}(?:\.[0-9]{3})?)?(?: utc)?(?(4)\)))?"
    r"(?:, in [0-9]+ [a-z]+)?",
    re.ASCII | re.IGNORECASE,
)
"""A day and an instant as they are shown: `21 Feb 2027`, `21 Feb 2027 (23:59 UTC), in 90 d`,
`21 Feb 2027 23:59:07` in a column that says UTC at its head."""
_AGO = re.compile(r"(.+) ago", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999  # the last millisecond of the year 9999, RFC 3339's last


@lru_cache(8192)
def rfc3339(instant: int) -> str:
    """Return an instant (UTC milliseconds) as RFC 3339, such as `2027-01-31T23:59:59.999Z`."""
    # A page of a list has a hundred of them, so each is put together from numbers.
    day, rest = divmod(instant, DAY)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    second, millisecond = divmod(rest, SECOND)
    return f"{_date(day)}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"


@lru_cache(4096)
def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")


def rfc3339_or_none(instant: int | None) -> str | None:
    """Return an instant as RFC 3339, or None where there is none."""
    return None if instant is None else rfc3339(instant)


def sooner(instant: int | None, than: int | None) -> bool:
    """Return whether an expiry comes before another; None is never."""
    return instant is not None and (than is None or instant < than)


def moment(instant: int) -> datetime:
    """Return an instant (UTC milliseconds) as an aware datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=instant)


def instant_of(when: datetime) -> int:
    """Return an aware datetime as UTC milliseconds."""
    return (when - _EPOCH) // timedelta(milliseconds=1)


def duration(text: str, field: str = "duration") -> int:
    """Return a duration in milliseconds: `90d`, and whatever keydeck prints: `in 90 d`, `1 y`.

    Raises Invalid unless it is a whole number above zero and a unit: s, m, h, d, w, mo, y, in
    capitals too, but for M, which many write for months.
    """
    match = _DURATION.fullmatch(" ".join(text.split()))
    if not match:
        raise Invalid(
            field,
            f"“{text}” is not a duration. Write a number and s, m, h, d, w, mo or y: "
            f"{_number(text)}d.",
        )
    if match[2] == "M":
        raise Invalid(
            field,
            f"“{text}” may mean minutes or months. Write {match[1]}m for minutes, {match[1]}mo "
            "for months.",
        )
    return int(match[1]) * _UNITS[match[2].lower()]


def _number(text: str) -> str:
    """Return the number that somebody wrote without a unit, else one to show how."""
    return text.strip() if re.fullmatch(r"\s*[1-9][0-9]{0,8}\s*", text, re.ASCII) else "90"


def whole_days(text: str, field: str) -> int:
    """Return a duration such as `90d` or `12w` as a number of days.

    Raises Invalid when it is not a duration or not a whole number of days.
    """
    length = duration(text, field)
    if length % DAY:
        raise Invalid(field, f"“{text}” is not a whole number of days. Write it as days: 90d.")
    return length // DAY


def start_of_day(day: date) -> int:
    """Return the first millisecond of a day in UTC."""
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=UTC))


def end_of_day(day: date) -> int:
    """Return the last millisecond of a day in UTC."""
    return start_of_day(day) + DAY - 1


def _as_written(
    day: str, month: str, year: str, hour: str | None, minute: str | None, second: str | None
) -> str:
    """Return what is shown to people as RFC 3339 writes it; month 00 where it is none."""
    number = _MONTHS.index(month.lower()) + 1 if month.lower() in _MONTHS else 0
    written = f"{year}-{number:02}-{int(day):02}"
    return written if hour is None else f"{written}T{hour}:{minute}{second or ':00'}Z"


def expiry(text: str, now: int, begins: int | None = None) -> int | None:
    """Return the instant meant by `90d`, `2027-01-31` or `never` (None), seen from `now`.

    A length counts from `begins` where what ends has not begun. An instant by RFC 3339
    (`2027-01-31T10:00:00Z`) is that instant; what keydeck shows of an expiry is taken as well.
    Raises Invalid when it is none of these, or not in the future.
    """
    text = " ".join(text.split())
    if text.lower() == "never":
        return None
    instant = _instant(text, now, "expires", end_of_day, begins)
    if instant is None:
        raise Invalid(
            "expires",
            f"“{text}” is not an expiry. Write {_number(text)}d, a date such as 2027-01-31, "
            "or never.",
        )
    if instant > LATEST:
        raise Invalid("expires", f"{text} is too far away. Choose an earlier date, or never.")
    return instant


def beginning(text: str, now: int) -> int:
    """Return the instant meant by `7d`, `2027-01-31` (where that day begins) or an RFC 3339 one.

    Raises Invalid when it is none of these, or not in the future.
    """
    text = " ".join(text.split())
    instant = _instant(text, now, "not_before", start_of_day)
    if instant is None:
        raise Invalid(
            "not_before",
            f"“{text}” is no instant. Write {_number(text)}d, a date such as 2027-01-31, or "
            "2027-01-31T08:00:00Z.",
        )
    if instant > LATEST:
        raise Invalid("not_before", f"{text} is too far away. Choose an earlier date.")
    return instant


def past(text: str, now: int, field: str = "since") -> int:
    """Return the instant up to `now` that is meant by `30d`, so long ago, or by one of its own.

    That is a date (`2026-01-31`, where that day begins), an instant by RFC 3339, and what keydeck
    shows of the past: `31 Jan 2026 08:00 UTC`, `now`, and `4 h ago`, which may be nearly 5 hours.
    Raises Invalid when it is none of these, or in the future; one before 1970 is 1970.
    """
    text = " ".join(text.split())
    if text.lower() == "now":
        return max(0, now - SECOND)
    instant = absolute(text, field, start_of_day)
    if instant is None:
        shown = _AGO.fullmatch(text)
        length = _DURATION.fullmatch(shown[1] if shown else text)
        if length is None:
            raise Invalid(
                field,
                f"“{text}” is no length and no instant. Write {_number(text)}d, a date such as "
                "2026-01-31, or 2026-01-31T08:00:00Z.",
            )
        if length[0].lower().startswith("in "):
            instant = now + duration(length[0], field)
        else:
            # What is shown are the whole units that have passed: it may be nearly one more.
            more = _UNITS[length[2].lower()] if shown else 0
            instant = now - duration(length[0], field) - more
    if instant > now:
        raise Invalid(field, f"{text} is in the future. Choose an earlier date.")
    return max(0, instant)


def _instant(
    text: str, now: int, field: str, of_day: Callable[[date], int], begins: int | None = None
) -> int | None:
    """Return the instant in the future that a text means; None where it means none at all."""
    if _DURATION.fullmatch(text):
        instant: int | None = (now if begins is None else max(now, begins)) + duration(text)
    else:
        instant = absolute(text, field, of_day)
    if instant is not None and instant <= now:
        raise Invalid(field, f"{text} is in the past. Choose a later date.")
    return instant


def absolute(text: str, field: str, of_day: Callable[[date], int]) -> int | None:
    """Return the instant that a text names by itself, a day by `of_day`; None where it names none.

    Raises Invalid for a day or an instant that does not exist.
    """
    if shown := _SHOWN.fullmatch(text):
        text = _as_written(*shown.group(1, 2, 3, 5, 6, 7))
    if _DATE.fullmatch(text):
        try:
            return of_day(date.fromisoformat(text))
        except ValueError:
            raise Invalid(field, f"There is no day {text}. Write it as 2027-01-31.") from None
    if _INSTANT.fullmatch(text):
        try:
            return instant_of(datetime.fromisoformat(text.upper()))
        except (ValueError, OverflowError):
            raise Invalid(field, f"There is no instant {text}.") from None
    return None


_PASSED = (
    # from, unit, name
    (366 * DAY, 365 * DAY, "y"),
    (2 * DAY, DAY, "d"),
    (HOUR, HOUR, "h"),
    (MINUTE, MINUTE, "min"),
    (0, SECOND, "s"),
)


def distance(milliseconds: int) -> str:
    """Return a length of time in whole units that have passed: `2 s`, `4 h`, `84 d`, `3 y`."""
    unit, name = passed(milliseconds)
    return f"{milliseconds // unit} {name}"


def passed(milliseconds: int) -> tuple[int, str]:
    """Return the unit that a length of time is told in, in milliseconds, and its name."""
    return next((unit, name) for least, unit, name in _PASSED if milliseconds >= least)


def ago(instant: int | None, now: int) -> str:
    """Return how long ago an instant was: `2 s ago`, `now`, or `never` for None."""
    if instant is None:
        return "never"
    past = now - instant
    return "now" if past < SECOND else f"{distance(past)} ago"
