"""A rotation in words: who still calls with the old key, and the one sentence that decides. Pure.

Nothing here is made safe for a screen yet.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.text.leak_words import first
from console.text.times import ago, distance, exact, expiry
from store.domain.keys import Key
from store.domain.rotation import QUIET_AT_LEAST, RotationProgress, RotationStatus
from store.domain.usage import Caller

if TYPE_CHECKING:
    # Commands are loaded while a wheel is built, without what the store needs.
    from store.service.rotation_progress import WatchedRotation


@dataclass(frozen=True, slots=True)
class RotationAdvice:
    """Whether the old key can go, and why: `lead` and `because` are one sentence, then `then`."""

    safe: bool
    lead: str
    because: str
    then: str = ""

    @property
    def sentence(self) -> str:
        """Return the one sentence: `Not yet: 10.0.3.7 (curl/8) used the old key 4 s ago.`"""
        return f"{self.lead}: {self.because}"


def named(caller: Caller) -> str:
    """Return who called: `10.0.3.7 (python-requests/2.32)`."""
    who = caller.address or "somebody"
    return f"{who} ({caller.user_agent})" if caller.user_agent else who


def decide(watched: "WatchedRotation", now: int) -> RotationAdvice:
    """Return what a rotation comes to at an instant."""
    progress = watched.progress
    old, new, name = progress.predecessor, progress.successor, progress.predecessor.name
    match progress.status(now):
        case RotationStatus.ABANDONED:
            return RotationAdvice(
                False, "Abandoned", f"the new key {_ended(new, now)}. {_left(old, now)}"
            )
        case RotationStatus.DONE:
            return RotationAdvice(False, "Done", f"the old key {_ended(old, now)}.")
        case RotationStatus.PREPARED:
            lost = "If it was lost, abandon this rotation and rotate again."
            return RotationAdvice(
                False, "Not yet", "nobody has said that the new key is stored.", lost
            )
        case RotationStatus.BOTH_LIVE:
            calling = watched.still_calling(now)
            where = f": {named(calling[0])}." if calling else "."
            then = first(old, f"Put it where the old one is used{where}")
            return RotationAdvice(False, "Not yet", "nothing has used the new key.", then)
        case RotationStatus.QUIET if old.last_used_at is None:
            return RotationAdvice(
                True, "Safe to revoke", f"{name} uses the new key, and nothing ever used the old."
            )
        case RotationStatus.QUIET:
            moved = f"{name} moved {ago(old.last_used_at, now)}"
            since = f"{moved}, nothing has used the old key since."
            return RotationAdvice(True, "Safe to revoke", since)
    return _moving(watched, now)


def _moving(watched: "WatchedRotation", now: int) -> RotationAdvice:
    progress = watched.progress
    calling, used = watched.still_calling(now), progress.predecessor.last_used_at
    if used is None:
        because = (
            f"the old key is {distance(now - progress.predecessor.created_at)} old, and unused."
        )
    elif calling:
        because = f"{named(calling[0])} used the old key {ago(calling[0].last_at, now)}."
    else:
        because = f"the old key was used {ago(used, now)}."
    usual = ""
    if progress.usual_gap is not None and progress.quiet_window > QUIET_AT_LEAST:
        usual = f"It is used every {distance(progress.usual_gap)} or so. "
    return RotationAdvice(
        False,
        "Not yet",
        because,
        f"{usual}Safe from {exact(progress.quiet_at or now)} on, if it stays away.",
    )


def reached(progress: RotationProgress, status: RotationStatus) -> frozenset[RotationStatus]:
    """Return the steps that lie behind a rotation; of one that was cut short not all."""
    order = (
        RotationStatus.PREPARED,
        RotationStatus.BOTH_LIVE,
        RotationStatus.MOVING,
        RotationStatus.QUIET,
    )
    if status is not RotationStatus.DONE:
        return frozenset(order[: order.index(status)])
    old, new = progress.predecessor, progress.successor
    ended = min(at for at in (old.revoked_at, old.expires_at) if at is not None)
    moved, quiet_at = new.last_used_at is not None, progress.quiet_at
    behind = {
        RotationStatus.PREPARED: True,
        RotationStatus.BOTH_LIVE: moved or new.confirmed_at is not None,
        RotationStatus.MOVING: moved,
        RotationStatus.QUIET: quiet_at is not None and quiet_at <= ended,
        RotationStatus.DONE: True,
    }
    return frozenset(step for step, was in behind.items() if was)


def works_until(progress: RotationProgress, now: int) -> str:
    """Return how long both keys work, empty where one has ended."""
    if progress.status(now).ended:
        return ""
    ends = progress.predecessor.expires_at
    if ends is None:
        return "both keys work until you finish"
    return f"both work until {exact(ends)}, {expiry(ends, now)}"


def _ended(key: Key, now: int) -> str:
    if key.revoked_at is not None:
        by = key.revoked_by.partition("@")[0] if key.revoked_by else "the operator"
        return f"was revoked {ago(key.revoked_at, now)} by {by}"
    return f"expired {ago(key.expires_at, now)}"


def _left(key: Key, now: int) -> str:
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return f"The old one {_ended(key, now)}."
    ends = "" if key.expires_at is None else f", and expires {expiry(key.expires_at, now)}"
    return f"The old one works on{ends}."
