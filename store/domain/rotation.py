"""Rotation: one successor replacing one predecessor, and what it does to expiry.

| the predecessor                  | the successor expires              | the predecessor expires |
|----------------------------------|------------------------------------|-------------------------|
| never expires                    | never                              | at the overlap's end    |
| expires in the future            | after the same length of life      | at the sooner of the two|
| has expired, or is revoked       | refused: create a new key          |                         |
| has a successor that stands      | refused                            |                         |
| is itself a successor            | as above; the older overlap ends at once                     |

Where that would cut somebody off, because the older key was used within its quiet window, it has to
be asked for.

An open overlap has no end: the predecessor keeps the expiry it had. Where neither key has begun to
work, the successor's life and the overlap count from when they do.

Where a rotation stands is derived from its two keys and never stored. The first line that holds:

| status    | when                                                                           |
|-----------|--------------------------------------------------------------------------------|
| abandoned | the successor was revoked or expired before the predecessor was                |
| done      | the predecessor is revoked, or its overlap has ended                           |
| quiet     | the successor had a request, and the predecessor none for the quiet window     |
| moving    | the successor had a request                                                    |
| both live | somebody has said that the successor is stored: it is confirmed                |
| prepared  | nobody has: it was made, and may have reached nobody                           |

Requests are those with the verdict `valid`: a successor that is only refused moves nothing. Only
from *quiet* on is it safe to revoke the predecessor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from store.domain.keys import Key, State, works_from
from store.domain.times import DAY
from store.errors import AlreadyRevoked, AlreadyRotating, KeyExpired

DEFAULT_OVERLAP = 7 * DAY
NO_OVERLAP = 1
"""The shortest there is, in milliseconds: the old key stops as the new one begins."""

GAPS_OVER = 90 * DAY
"""How far back a key's usual gap is looked for: as far as its hours are kept."""
QUIET_AT_LEAST = DAY
QUIET_GAPS = 10
"""A key that has been silent for that many of its usual gaps is taken to be out of use."""


class RotationStatus(StrEnum):
    """How far a rotation has come."""

    PREPARED = "prepared"
    BOTH_LIVE = "both live"
    MOVING = "moving"
    QUIET = "quiet"
    DONE = "done"
    ABANDONED = "abandoned"

    @property
    def ended(self) -> bool:
        """Return whether nothing is left to decide."""
        return self in (RotationStatus.DONE, RotationStatus.ABANDONED)


@dataclass(frozen=True, slots=True)
class Rotation:
    """One successor replacing one predecessor."""

    id: int
    workspace_id: int
    predecessor_id: str
    successor_id: str
    started_at: int
    started_by: str
    overlap_ends_at: int | None
    """None while the overlap is open: until somebody revokes the predecessor."""
    expires_before: int | None
    """When the predecessor expired before it was rotated; None for never."""
    token: str | None
    """What makes a repeated call the same rotation."""


@dataclass(frozen=True, slots=True)
class Expiries:
    """When each side of a new rotation expires; None means never."""

    successor: int | None
    predecessor: int | None


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """A rotation with its two keys: all that says how far it has come."""

    rotation: Rotation
    predecessor: Key
    successor: Key
    usual_gap: int | None
    """What usually lies between two uses of the predecessor, in milliseconds; None: unknown."""

    @property
    def quiet_window(self) -> int:
        """Return how long the predecessor must be silent, in milliseconds."""
        return quiet_window(self.usual_gap)

    @property
    def quiet_at(self) -> int | None:
        """Return when it is quiet if the predecessor stays silent; None while nothing moved."""
        return quiet_at(self.predecessor, self.successor, self.quiet_window)

    def ends(self, overlap_ms: int | None, now: int) -> int | None:
        """Return when the predecessor expires with another overlap from now on; None is never."""
        ends = overlap_end(self.predecessor, overlap_ms, now)
        return predecessor_end(self.rotation.expires_before, ends)

    def status(self, now: int) -> RotationStatus:
        """Return how far it has come at an instant."""
        return status(self.predecessor, self.successor, self.quiet_window, now)


def check_rotatable(key: Key, standing_successor: str | None, now: int) -> None:
    """Raise unless the key can be given a successor now.

    Raises AlreadyRevoked, KeyExpired, or AlreadyRotating naming the successor that stands.
    """
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    if key.state(now) is State.EXPIRED:
        raise KeyExpired(key.name, key.expires_at or now)
    if standing_successor is not None:
        raise AlreadyRotating(key.name, standing_successor)


def expiries(key: Key, overlap_ms: int | None, now: int) -> Expiries:
    """Return when both sides expire; `overlap_ms` None leaves the overlap open."""
    begins = works_from(key.not_before, now)
    successor = None if key.lifetime_ms is None else begins + key.lifetime_ms
    return Expiries(successor, predecessor_end(key.expires_at, overlap_end(key, overlap_ms, now)))


def status(predecessor: Key, successor: Key, quiet_window: int, now: int) -> RotationStatus:
    """Return where a rotation stands at an instant, by the table above.

    `quiet_window` is in milliseconds, as the function of that name gives it.
    """
    old_end, new_end = _ended_at(predecessor, now), _ended_at(successor, now)
    if new_end is not None and (old_end is None or new_end < old_end):
        return RotationStatus.ABANDONED
    if old_end is not None:
        return RotationStatus.DONE
    quiet = quiet_at(predecessor, successor, quiet_window)
    if quiet is None:
        return (
            RotationStatus.PREPARED if successor.confirmed_at is None else RotationStatus.BOTH_LIVE
        )
    return RotationStatus.QUIET if now >= quiet else RotationStatus.MOVING


def quiet_window(usual_gap: int | None) -> int:
    """Return how long a predecessor must be silent: a day, or ten of its usual gaps if longer.

    `usual_gap` is what usually lies between two of its requests, in milliseconds; None where it
    had too few to tell.
    """
    return max(QUIET_AT_LEAST, QUIET_GAPS * (usual_gap or 0))


def has_left(last_used_at: int, until: int, quiet_window: int) -> bool:
    """Return whether who last used the older key then is taken to have left it by an instant."""
    return last_used_at <= until - quiet_window


def quiet_at(predecessor: Key, successor: Key, quiet_window: int) -> int | None:
    """Return when it is quiet if the predecessor stays silent; None while the successor is unused.

    One that was never used is silent since it was made.
    """
    if successor.last_used_at is None:
        return None
    silent_since = predecessor.last_used_at
    return (predecessor.created_at if silent_since is None else silent_since) + quiet_window


def overlap_end(key: Key, overlap_ms: int | None, now: int) -> int | None:
    """Return when both keys have worked that long, from now or from when they begin; None is open.

    `key` is either of them: they begin together. No overlap is none, whenever that is.
    """
    if overlap_ms is None:
        return None
    return (now if overlap_ms == NO_OVERLAP else works_from(key.not_before, now)) + overlap_ms


def predecessor_end(expires_before: int | None, ends: int | None) -> int | None:
    """Return when a predecessor expires whose overlap ends then: it never lengthens its life."""
    sooner = [instant for instant in (expires_before, ends) if instant is not None]
    return min(sooner) if sooner else None


def expiry_restored(rotation: Rotation, predecessor: Key) -> int | None:
    """Return when the predecessor of an abandoned rotation expires: as before it was rotated.

    Where somebody has moved its expiry since, it stays where they put it.
    """
    by_rotation = rotation.overlap_ends_at
    if rotation.expires_before is not None:
        by_rotation = min(rotation.expires_before, by_rotation or rotation.expires_before)
    moved = predecessor.expires_at != by_rotation
    return predecessor.expires_at if moved else rotation.expires_before


def rotations_of(key_ids: Iterable[str], rotations: Sequence[Rotation]) -> list[Rotation]:
    """Return the rotations that keys stand in: the latest that replaces each, else its own.

    `rotations` are all of these keys, newest first. Both keys of one give it once.
    """
    replacing: dict[str, Rotation] = {}
    making: dict[str, Rotation] = {}
    for rotation in rotations:
        replacing.setdefault(rotation.predecessor_id, rotation)
        making.setdefault(rotation.successor_id, rotation)
    each = (replacing.get(key_id) or making.get(key_id) for key_id in key_ids)
    return list({rotation.id: rotation for rotation in each if rotation is not None}.values())


def the_one_meant(found: Sequence[RotationProgress], now: int) -> RotationProgress | None:
    """Return which of the rotations of one name is meant, None where that is ambiguous.

    The only one; of several the only one that goes on.
    """
    if len(found) == 1:
        return found[0]
    going_on = [progress for progress in found if not progress.status(now).ended]
    return going_on[0] if len(going_on) == 1 else None


def _ended_at(key: Key, now: int) -> int | None:
    expired = key.expires_at if key.expires_at is not None and now >= key.expires_at else None
    ends = [instant for instant in (key.revoked_at, expired) if instant is not None]
    return min(ends) if ends else None
