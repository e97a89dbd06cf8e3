"""Times as people say them."""

from store.domain.times import ago as ago
from store.domain.times import distance as distance
from store.domain.times import moment, passed

NOTHING = "-"
"""Where there is nothing to say, on every screen and in every table."""


def expiry(instant: int | None, now: int) -> str:
    """Return an expiry as the table shows it: `in 84 d`, `2 d ago`, or `never`."""
    if instant is None:
        return "never"
    left = instant - now
    if left <= 0:
        return ago(instant, now)
    # To the nearest: a key that was just given 90 days has 90, not 89.
    return f"in {distance(left + passed(left)[0] // 2)}"


def day(instant: int) -> str:
    """Return an instant's day in UTC: `21 Feb 2027`."""
    when = moment(instant)
    return f"{when.day} {when:%b %Y}"


def exact(instant: int) -> str:
    """Return an instant in full: `21 Feb 2027 23:59 UTC`."""
    return f"{day(instant)} {moment(instant):%H:%M} UTC"


def to_the_millisecond(instant: int) -> str:
    """Return the time of day of an instant, UTC: `14:03:47.102`."""
    when = moment(instant)
    return f"{when:%H:%M:%S}.{when.microsecond // 1000:03d}"
