"""How a key is read: its columns, its place in a rotation, and its state in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
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
    union_all,
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
_other = keys.alias("other")

_DEAD = (Verdict.EXPIRED.value, Verdict.REVOKED.value)
_LIMITED = Verdict.LIMITED.value


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


# Of each key its latest refusals are kept, and no more. Made once: it is the same at any instant.
_over_limit_at = (
    select(func.max(key_refusals.c.at))
    .where(
        key_refusals.c.workspace_id == keys.c.workspace_id,
        key_refusals.c.key_id == keys.c.id,
        key_refusals.c.verdict == _LIMITED,
    )
    .scalar_subquery()
)
_stopped_at = literal_column(f"({KEY_STOPPED_AT})", BigInteger)
_shared_limits = literal_column(f"({KEY_SHARES})", Text)


def select_keys() -> Select[Any]:
    """Return the statement that reads rows of keys; the caller names the workspace.

    What other tables tell of them is read of all of them at once (`select_rotations`,
    `select_refused`): asked row by row, PostgreSQL reads a table of few rows whole for each.
    """
    return (
        select(
            keys,
            _maker.c.email.label("maker"),
            _revoker.c.email.label("revoker"),
            key_usage.c.last_used_at,
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


def select_rotations(workspace_id: int, ids: Sequence[str], now: int) -> CompoundSelect[Any]:
    """Return the statement that reads the rotations of some keys, and whether both sides work.

    One that has both sides among them comes twice.
    """
    # Two rather than one with an OR: each finds its rotations through an index. Whether a side
    # works is asked of what was found: where it is joined, SQLite begins with the keys.
    sides = (rotations.c.predecessor_id, rotations.c.successor_id)
    works = (
        select(active_by_its_row(_other, now)).where(_other.c.id == side).scalar_subquery()
        for side in sides
    )
    found = select(rotations.c.id, *sides, and_(*works).label("both_work"))
    of_workspace, predecessor, successor = rotations.c.workspace_id, *sides
    return union_all(
        found.where(of_workspace == workspace_id, among(predecessor, ids)),
        found.where(beside_indexes(of_workspace) == workspace_id, among(successor, ids)),
    )


def select_refused(workspace_id: int, ids: Sequence[str]) -> Select[Any]:
    """Return the statement that reads when each of some keys was refused last, by why.

    For being dead as `still_used_at`, by a limit as `over_limit_at`. No row of one that never was.
    """
    refused = key_refusals.c

    def last(*verdicts: str) -> ColumnElement[int]:
        return func.max(refused.at).filter(refused.verdict.in_(verdicts))

    return (
        select(
            refused.key_id,
            last(*_DEAD).label("still_used_at"),
            last(_LIMITED).label("over_limit_at"),
        )
        .where(refused.workspace_id == workspace_id, among(refused.key_id, ids))
        .group_by(refused.key_id)
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
