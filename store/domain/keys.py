"""A key, its state and the notes on it: pure rules, seen from one instant."""

from dataclasses import dataclass, field, fields
from enum import StrEnum

from store.domain.key_networks import KeyNetworks
from store.domain.labels import Labels
from store.domain.limits import Limit, Limits
from store.domain.scopes import Scopes
from store.domain.times import DAY

EXPIRING_WITHIN = 14 * DAY
DUE_AHEAD = 14 * DAY
"""How long before its date a key's rotation is called due; half the interval where that is less."""
IDLE_AFTER = 30 * DAY
DEFAULT_LIFETIME = 90 * DAY
STILL_USED_WITHIN = DAY
"""A dead key that was presented within this time has somebody who goes on with it."""
OVER_LIMIT_WITHIN = DAY
"""A key that a limit refused within this time is asked for more than it may."""


class State(StrEnum):
    """Derived, never stored: revoked if revoked, else expired if past expiry, else active."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Note(StrEnum):
    """What an active key also is; a dead one may be still used."""

    STOPPED = "stopped"
    LEAKED = "leaked"
    NOT_STARTED = "not started"
    ROTATING = "rotating"
    EXPIRING = "expiring"
    UNCONFIRMED = "unconfirmed"
    OVER_LIMIT = "over limit"
    ROTATION_DUE = "rotation due"
    FOREIGN = "foreign"
    OBSERVING = "observing"
    LIMITED = "limited"
    NEVER_USED = "never used"
    IDLE = "idle"
    STILL_USED = "still used"


def works_from(not_before: int | None, now: int) -> int:
    """Return from when on a key works: its beginning, now where that is over or there is none."""
    return now if not_before is None else max(now, not_before)


def lifetime(expires_at: int | None, not_before: int | None, now: int) -> int | None:
    """Return how long a key that ends then works, in milliseconds; None where it never ends."""
    return None if expires_at is None else expires_at - works_from(not_before, now)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a key carries and hands on to its successor when it is rotated."""

    name: str
    scopes: Scopes
    lifetime_ms: int | None
    """Length of life; None for a key that never expires."""
    rotate_every_days: int | None
    lineage: str = ""
    """The id of the first key of its chain; empty for a key that begins one."""
    networks: KeyNetworks | None = None
    owner: str | None = None
    labels: Labels = field(default_factory=dict)
    not_before: int | None = None
    limits: Limits = ()
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as the store knows it; the secret is only in the full key string."""

    id: str
    workspace_id: int
    name: str
    scopes: Scopes
    created_at: int
    created_by: str
    """E-mail of whoever made it."""
    expires_at: int | None
    lifetime_ms: int | None
    """Length of life a successor gets; None for a key that never expires."""
    rotate_every_days: int | None
    confirmed_at: int | None
    """When somebody said that the key is stored; None means shown once, never acknowledged."""
    revoked_at: int | None
    revoked_by: str | None
    """E-mail of whoever revoked it, or what did; None is the operator."""
    revoke_reason: str | None
    last_used_at: int | None
    predecessor: str | None
    successor: str | None
    rotating: bool
    """Whether both sides of its latest rotation still work."""
    revision: int
    """The store's revision at its last change."""
    leaked_at: int | None = None
    """When it was last reported where it should not be."""
    still_used_at: int | None = None
    """When it was last refused because it is dead; None while it is not."""
    foreign_hash: str | None = None
    """How another system hashed it; None for one of ours, and from its first use on."""
    lineage: str = ""
    """The id of the first key of its chain, by which what outlives a rotation is kept."""
    stopped_at: int | None = None
    """Since when it, or all that it belongs to, is refused until somebody lets it go on."""
    networks: KeyNetworks | None = None
    """Where it is used from; None for anywhere."""
    owner: str | None = None
    """Whom it belongs to outside; None where nobody said."""
    labels: Labels = field(default_factory=dict)
    not_before: int | None = None
    """When it begins to work; None where it works from the first."""
    limits: Limits = ()
    """How often it may be used, with all of its chain; empty where nothing says."""
    remark: str | None = None
    """What people are to know of it; callers are never told."""
    over_limit_at: int | None = None
    """When a limit last refused it; None where none did."""
    shared_limits: tuple[Limit, ...] = ()
    """How often all of its owner, and of its workspace, may be used together."""

    @property
    def inherited(self) -> Inherited:
        """Return what its successor gets of it."""
        return Inherited(**{one.name: getattr(self, one.name) for one in fields(Inherited)})

    def state(self, now: int) -> State:
        """Return the state at an instant."""
        if self.revoked_at is not None:
            return State.REVOKED
        if self.expires_at is not None and now >= self.expires_at:
            return State.EXPIRED
        return State.ACTIVE

    def begun(self, now: int) -> bool:
        """Return whether it has begun to work by an instant, were it active."""
        return self.not_before is None or now >= self.not_before

    @property
    def observing(self) -> bool:
        """Return whether something would refuse requests, and only counts them."""
        networks = self.networks is not None and not self.networks.enforced
        return networks or any(not window.enforced for window in self._windows)

    @property
    def limited(self) -> bool:
        """Return whether it is refused where it is used too often: it alone, or with others."""
        return any(window.enforced for window in self._windows)

    @property
    def _windows(self) -> Limits:
        return self.limits + tuple(limit.window for limit in self.shared_limits)

    @property
    def reached_nobody(self) -> bool:
        """Return whether its secret may be lost: nobody stored it, and nothing has used it."""
        return self.confirmed_at is None and self.last_used_at is None

    def rotation_due_at(self) -> int | None:
        """Return when its rotation interval is over, or None where it has none."""
        if self.rotate_every_days is None:
            return None
        return self.created_at + self.rotate_every_days * DAY

    def notes(self, now: int) -> tuple[Note, ...]:
        """Return what the key also is at an instant, most pressing first."""
        if self.state(now) is not State.ACTIVE:
            used = self.still_used_at
            still = used is not None and now - used < STILL_USED_WITHIN
            return (Note.STILL_USED,) if still else ()
        due, over = self.rotation_due_at(), self.over_limit_at
        silent_since = self.last_used_at if self.last_used_at is not None else now
        conditions = {
            Note.STOPPED: self.stopped_at is not None,
            Note.LEAKED: self.leaked_at is not None,
            Note.NOT_STARTED: not self.begun(now),
            Note.ROTATING: self.rotating,
            Note.EXPIRING: self.expires_at is not None and self.expires_at - now <= EXPIRING_WITHIN,
            Note.UNCONFIRMED: self.confirmed_at is None,
            Note.OVER_LIMIT: over is not None and now - over < OVER_LIMIT_WITHIN,
            Note.ROTATION_DUE: due is not None and now >= due - due_ahead(self.rotate_every_days),
            Note.FOREIGN: self.foreign_hash is not None,
            Note.OBSERVING: self.observing,
            Note.LIMITED: self.limited,
            Note.NEVER_USED: self.last_used_at is None,
            Note.IDLE: now - silent_since >= IDLE_AFTER,
        }
        return tuple(note for note, holds in conditions.items() if holds)


def due_ahead(every_days: int | None) -> int:
    """Return how long before its date a rotation is due, in milliseconds, for an interval."""
    return min(DUE_AHEAD, (every_days or 0) * DAY // 2)
