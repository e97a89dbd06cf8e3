"""What is due, in words. Pure; nothing here is made safe for a screen yet."""

from collections.abc import Sequence

from console.text.rotation_words import named
from console.text.times import ago, day, expiry
from store.domain.due import Due, Why
from store.domain.keys import IDLE_AFTER
from store.domain.times import DAY, moment

_MONTH = 4
"""Cells for the name of a month."""


def when(due: Due, now: int) -> str:
    """Return when it is due: `27 Nov 2026, in 3 d`, or `20 Nov 2026, 4 d ago`."""
    return f"{day(due.at)}, {expiry(due.at, now)}"


def cut_off(due: Due, now: int, most: int = 1) -> str:
    """Return who would be refused: `10.0.3.7 (curl/8), 2 more`; a rotation cuts nobody off."""
    if due.why is Why.ROTATION_DUE:
        return "nobody yet"
    if due.callers:
        more = len(due.callers) - most
        callers = ", ".join(named(caller) for caller in due.callers[:most])
        return f"{callers}, {more} more" if more > 0 else callers
    used = due.key.last_used_at
    if used is None:
        return "nobody: never used"
    # Nobody kept who they were, or it is too long ago to matter.
    silent = now - used >= IDLE_AFTER
    return f"nobody since {ago(used, now)}" if silent else f"whoever used it {ago(used, now)}"


def on_day(instant: int) -> str:
    """Return a day of a calendar, in UTC: `27 Nov`."""
    at = moment(instant)
    return f"{at.day:>2} {at:%b}"


def per_day(dates: Sequence[Due], now: int, days: int) -> list[int]:
    """Return how many are due on each day from today on, in UTC; what is overdue is due today."""
    counts = [0] * days
    for due in dates:
        counts[min(days - 1, max(0, due.at // DAY - now // DAY))] += 1
    return counts


def months(now: int, days: int, each: int) -> str:
    """Return a line of months for a row of bars of `each` days, each name where it begins."""
    today = now // DAY
    names = {0: f"{moment(now):%b}"}
    for ahead in range(days):
        at = moment((today + ahead) * DAY)
        if at.day == 1:
            place = ahead // each
            names = {before: name for before, name in names.items() if place - before >= _MONTH}
            names[place] = f"{at:%b}"
    line = ""
    for place, name in names.items():
        line = f"{line:<{place}}{name}"
    return line
