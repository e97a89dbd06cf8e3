"""What is due: the keys that somebody has to do something about, and by when. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from store.domain.keys import Key, State
from store.domain.people import Holder
from store.domain.usage import Caller


class Why(StrEnum):
    """What happens at the date."""

    EXPIRES = "expires"
    OVERLAP_ENDS = "overlap ends"
    ROTATION_DUE = "rotation due"


@dataclass(frozen=True, slots=True)
class Due:
    """A key with a date, and who would be cut off if nobody did anything."""

    key: Key
    why: Why
    at: int
    """May have passed where a rotation is due."""
    callers: tuple[Caller, ...] = ()
    """The last to call first."""
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class DuePage:
    """The next of what is due."""

    dates: tuple[Due, ...]
    more: bool
    """Whether there are keys with a later date."""
    now: int
    """When that was so."""


def due(key: Key, until: int, now: int) -> list[tuple[Why, int]]:
    """Return what comes for a key up to an instant and when, the first first.

    Both its dates where it has two: rotated or not, it ends when it expires.

    A key that is being replaced is not due for another rotation: what is left of it is its overlap.
    """
    if key.state(now) is not State.ACTIVE:
        return []
    replaced = key.rotating and key.successor is not None
    dates: list[tuple[int, Why]] = []
    if key.expires_at is not None:
        dates.append((key.expires_at, Why.OVERLAP_ENDS if replaced else Why.EXPIRES))
    rotation = None if replaced else key.rotation_due_at()
    if rotation is not None:
        dates.append((rotation, Why.ROTATION_DUE))
    return [(why, at) for at, why in sorted(dates) if at <= until]
