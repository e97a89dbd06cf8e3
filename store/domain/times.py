"""Instants, durations and dates: UTC milliseconds inside, RFC 3339 outside.

A date as an expiry means until the end of that day in UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from store.errors import Invalid

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_DURATION = re.compile(r"([1-9][0-9]{0,8})([smhdw])", re.ASCII)
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
    """Return a duration such as `90d` in milliseconds.

    Raises Invalid unless it is a whole number above zero and one of s, m, h, d, w.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise Invalid(
            field, f"“{text}” is not a duration. Write a number and s, m, h, d or w: 90d."
        )
    return int(match[1]) * _UNITS[match[2]]


def whole_days(text: str, field: str) -> int:
    """Return a duration such as `90d` or `12w` as a number of days.

    Raises Invalid when it is not a duration or not a whole number of days.
    """
    length = duration(text, field)
    if length % DAY:
        raise Invalid(field, f"“{text}” is not a whole number of days. Write it as days: 90d.")
    return length // DAY


def end_of_day(day: date) -> int:
    """Return the last millisecond of a day in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return instant_of(start) + DAY - 1


def expiry(text: str, now: int) -> int | None:
    """Return the instant meant by `90d`, `2027-01-31` or `never` (None), seen from `now`.

    An instant by RFC 3339 (`2027-01-31T10:00:00Z`) is that instant. Raises Invalid when it is none
    of these, or not in the future.
    """
    text = text.strip()
    if text == "never":
        return None
    if _DATE.fullmatch(text):
        try:
            instant = end_of_day(date.fromisoformat(text))
        except ValueError:
            raise Invalid("expires", f"There is no day {text}. Write it as 2027-01-31.") from None
    elif _DURATION.fullmatch(text):
        instant = now + duration(text)
    elif _INSTANT.fullmatch(text):
        try:
            instant = instant_of(datetime.fromisoformat(text.upper()))
        except (ValueError, OverflowError):
            raise Invalid("expires", f"There is no instant {text}.") from None
    else:
        raise Invalid(
            "expires", f"“{text}” is not an expiry. Write 90d, a date such as 2027-01-31, or never."
        )
    if instant <= now:
        raise Invalid("expires", f"{text} is in the past. Choose a later date.")
    if instant > LATEST:
        raise Invalid("expires", f"{text} is too far away. Choose an earlier date, or never.")
    return instant
