"""Rotation: one successor replacing one predecessor, and what it does to expiry.

| the predecessor                  | the successor expires              | the predecessor expires |
|----------------------------------|------------------------------------|-------------------------|
| never expires                    | never                              | at the overlap's end    |
| expires in the future            | after the same length of life      | at the sooner of the two|
| has expired, or is revoked       | refused: create a new key          |                         |
| has a successor that stands      | refused                            |                         |
| is itself a successor            | as above; the older overlap ends at once                     |

An open overlap has no end: the predecessor keeps the expiry it had.
"""

from dataclasses import dataclass

from store.errors import AlreadyRevoked, AlreadyRotating, KeyExpired
from store.keys import Key, State

DEFAULT_OVERLAP = 7 * 24 * 60 * 60 * 1000


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
    token: str | None
    """What makes a repeated call the same rotation."""


@dataclass(frozen=True, slots=True)
class Expiries:
    """When each side of a new rotation expires; None means never."""

    successor: int | None
    predecessor: int | None


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
    successor = None if key.lifetime_ms is None else now + key.lifetime_ms
    ends = None if overlap_ms is None else now + overlap_ms
    sooner = [instant for instant in (key.expires_at, ends) if instant is not None]
    return Expiries(successor, min(sooner) if sooner else None)
