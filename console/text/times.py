"""Times as people say them."""

from store.times import DAY, HOUR, MINUTE, SECOND, moment


def distance(milliseconds: int) -> str:
    """Return a length of time in one unit: `2 s`, `4 h`, `84 d`, `3 y`."""
    if milliseconds < MINUTE:
        return f"{milliseconds // SECOND} s"
    if milliseconds < HOUR:
        return f"{milliseconds // MINUTE} min"
    if milliseconds < 2 * DAY:
        return f"{milliseconds // HOUR} h"
    if milliseconds < 366 * DAY:
        return f"{milliseconds // DAY} d"
    return f"{milliseconds // (365 * DAY)} y"


def ago(instant: int | None, now: int) -> str:
    """Return how long ago an instant was: `2 s ago`, `now`, or `never` for None."""
    if instant is None:
        return "never"
    past = now - instant
    return "now" if past < SECOND else f"{distance(past)} ago"


def expiry(instant: int | None, now: int) -> str:
    """Return an expiry as the table shows it: `in 84 d`, `2 d ago`, or `never`."""
    if instant is None:
        return "never"
    return f"in {distance(instant - now)}" if instant > now else ago(instant, now)


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
