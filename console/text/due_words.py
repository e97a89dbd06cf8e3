"""What is due, in words. Pure; nothing here is made safe for a screen yet."""

from console.text.rotation_words import named
from console.text.times import ago, day, expiry
from store.due import Due, Why
from store.keys import IDLE_AFTER


def when(one: Due, now: int) -> str:
    """Return when it is due: `27 Nov 2026, in 3 d`, or `20 Nov 2026, 4 d ago`."""
    return f"{day(one.at)}, {expiry(one.at, now)}"


def cut_off(one: Due, now: int, most: int = 1) -> str:
    """Return who would be refused: `10.0.3.7 (curl/8), 2 more`; a rotation cuts nobody off."""
    if one.why is Why.ROTATION_DUE:
        return "nobody yet"
    if one.callers:
        more = len(one.callers) - most
        said = ", ".join(named(caller) for caller in one.callers[:most])
        return f"{said}, {more} more" if more > 0 else said
    used = one.key.last_used_at
    if used is None:
        return "nobody: never used"
    # Nobody kept who they were, or it is too long ago to matter.
    silent = now - used >= IDLE_AFTER
    return f"nobody since {ago(used, now)}" if silent else f"whoever used it {ago(used, now)}"
