"""How a key is read: its columns, its place in a rotation, and its state in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from store.domain.key_networks import OBSERVED
from store.domain.keys import (
    DUE_AHEAD,
    EXPIRING_WITHIN,
    IDLE_AFTER,
    OVER_LIMIT_WITHIN,
    STILL_USED_WITHIN,
    Note,
    State,
)
from store.domain.limits import OBSERVED as LIMIT_OBSERVED
from store.domain.times import DAY
from store.domain.verdicts import Verdict
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.limited import KEY_SHARES
from store.persistence.repositories.stopped import KEY_STOPPED_AT
from store.persistence.schema import key_refusals, key_usage, keys, people, rotations

_maker = people.alias("maker")
_revoker = people.alias("revoker")
_older = rotations.alias("older")
_newer = rotations.alias("newer")
_other = keys.alias("other")

_DEAD = (Verdict.EXPIRED.value, Verdict.REVOKED.value)


def active(table: Any, now: int) -> ColumnElement[bool]:
    """Return the condition that a row of keys (or an alias of it) is active."""
    return and_(
        table.c.revoked_at.is_(None), or_(table.c.expires_at.is_(None), table.c.expires_at > now)
    )


def active_by_its_row(table: Any, now: int) -> ColumnElement[bool]:
    """Return the same as one value, which no index has: for rows that are found by other ways.

    Where PostgreSQL has no statistics yet it expects few active keys, and would begin with them.
    """
    return active(table, now).is_(true())


def _successor() -> ColumnElement[str]:
    return (
        select(_newer.c.successor_id)
        .where(_newer.c.workspace_id == keys.c.workspace_id, _newer.c.predecessor_id == keys.c.id)
        .order_by(_newer.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def rotating(now: int) -> ColumnElement[bool]:
    """Return the condition that both sides of one of the key's rotations work."""
    # Two conditions rather than one with an OR: each finds its rotation through an index. One value
    # each rather than EXISTS: where PostgreSQL expects many keys it makes a table of all rotations
    # for that, also for the few that a limit leaves.
    sides = (
        (_older.c.successor_id, _older.c.predecessor_id),
        (_older.c.predecessor_id, _older.c.successor_id),
    )
    tied = (
        select(_older.c.id)
        .where(
            _older.c.workspace_id == keys.c.workspace_id,
            mine == keys.c.id,
            _other.c.id == theirs,
            active_by_its_row(_other, now),
        )
        .limit(1)
        .scalar_subquery()
        for mine, theirs in sides
    )
    return and_(active(keys, now), or_(*(rotation.is_not(None) for rotation in tied)))


def still_used(workspace_id: int, now: int) -> ColumnElement[bool]:
    """Return the condition that a workspace's key is dead, and was presented all the same."""
    refusals = key_refusals.c
    # From the few that were to their keys, not from every dead key to its refusals.
    presented = select(refusals.key_id).where(
        refusals.workspace_id == workspace_id,
        refusals.at > now - STILL_USED_WITHIN,
        refusals.verdict.in_(_DEAD),
    )
    return and_(not_(active(keys, now)), keys.c.id.in_(presented))


def _refused_at(*verdicts: str) -> ColumnElement[int]:
    """Return when a key was last refused so; of each its latest refusals are kept, and no more."""
    return (
        select(func.max(key_refusals.c.at))
        .where(
            key_refusals.c.workspace_id == keys.c.workspace_id,
            key_refusals.c.key_id == keys.c.id,
            key_refusals.c.verdict.in_(verdicts),
        )
        .scalar_subquery()
    )


# Made once, as they are the same at any instant. Of an active key the first is none: nothing brings
# one back.
_still_used_at = _refused_at(*_DEAD)
_over_limit_at = _refused_at(Verdict.LIMITED.value)
_stopped_at = literal_column(f"({KEY_STOPPED_AT})", BigInteger)
_shared_limits = literal_column(f"({KEY_SHARES})", Text)


def select_keys(now: int) -> Select[Any]:
    """Return the statement that reads keys; the caller names the workspace."""
    return (
        select(
            keys,
            _maker.c.email.label("maker"),
            _revoker.c.email.label("revoker"),
            key_usage.c.last_used_at,
            select(_older.c.predecessor_id)
            .where(_older.c.workspace_id == keys.c.workspace_id, _older.c.successor_id == keys.c.id)
            .scalar_subquery()
            .label("predecessor"),
            _successor().label("successor"),
            rotating(now).label("rotating"),
            _still_used_at.label("still_used_at"),
            _over_limit_at.label("over_limit_at"),
            _stopped_at.label("stopped_at"),
            _shared_limits.label("shared_limits"),
        )
        .join(_maker, _maker.c.id == keys.c.created_by)
        .outerjoin(_revoker, _revoker.c.id == keys.c.revoked_by)
        .outerjoin(
            key_usage,
            and_(key_usage.c.workspace_id == keys.c.workspace_id, key_usage.c.key_id == keys.c.id),
        )
    )


def in_state(state: State, now: int) -> ColumnElement[bool]:
    """Return the condition that a key is in a state."""
    match state:
        case State.ACTIVE:
            return active(keys, now)
        case State.EXPIRED:
            return and_(keys.c.revoked_at.is_(None), keys.c.expires_at <= now)
        case State.REVOKED:
            return keys.c.revoked_at.is_not(None)


def with_note(note: Note, workspace_id: int, now: int) -> ColumnElement[bool]:
    """Return the condition that a key carries a note; joins `key_usage` by the caller."""
    if note is Note.STILL_USED:
        return still_used(workspace_id, now)
    conditions: dict[Note, ColumnElement[bool]] = {
        Note.STOPPED: _stopped_at.is_not(None),
        Note.LEAKED: keys.c.leaked_at.is_not(None),
        Note.NOT_STARTED: keys.c.not_before > now,
        Note.ROTATING: rotating(now),
        Note.EXPIRING: keys.c.expires_at <= now + EXPIRING_WITHIN,
        Note.UNCONFIRMED: keys.c.confirmed_at.is_(None),
        Note.OVER_LIMIT: _over_limit_at > now - OVER_LIMIT_WITHIN,
        Note.ROTATION_DUE: due_for_rotation(now),
        Note.FOREIGN: keys.c.foreign_hash.is_not(None),
        Note.OBSERVING: or_(
            keys.c.networks.startswith(f"{OBSERVED} "),
            keys.c.limits.contains(LIMIT_OBSERVED, autoescape=True),
            _shared_limits.contains(LIMIT_OBSERVED, autoescape=True),
        ),
        # Those that are only observed come first, and of what is shared each ends with a semicolon.
        Note.LIMITED: or_(
            not_(keys.c.limits.endswith(LIMIT_OBSERVED, autoescape=True)),
            func.replace(_shared_limits, f"{LIMIT_OBSERVED};", "").contains(";"),
        ),
        Note.NEVER_USED: key_usage.c.last_used_at.is_(None),
        # Where many are, a list walks along its order: it does not begin with all of them.
        Note.IDLE: beside_indexes(key_usage.c.last_used_at) <= now - IDLE_AFTER,
    }
    return and_(active(keys, now), conditions[note])


def due_for_rotation(now: int) -> ColumnElement[bool]:
    """Return the condition that a key's rotation is due, or so soon that it is noted."""
    return keys.c.created_at <= due_if_made_by(keys.c.rotate_every_days, now)


def due_if_made_by(every_days: ColumnElement[int], now: int) -> ColumnElement[int]:
    """Return the latest instant at which a key was made that is due, by its interval."""
    every = cast(every_days, BigInteger)
    half = every * (DAY // 2)
    return now - every * DAY + case((half < DUE_AHEAD, half), else_=DUE_AHEAD)


def state_rank(now: int) -> ColumnElement[int]:
    """Return the place of a key's state in a list: active, expired, revoked."""
    return case((keys.c.revoked_at.is_not(None), 2), (keys.c.expires_at <= now, 1), else_=0)


def among(column: Column[str], ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some ids of ours, however many."""
    # Written into the statement: SQLite takes 32,766 variables, and people mark more keys.
    return column.in_(bindparam("among", list(ids), expanding=True, literal_execute=True))
