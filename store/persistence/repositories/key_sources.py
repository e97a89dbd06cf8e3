"""Where the keys that fit a term are found without looking at all there are: by an index."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    exists,
    literal,
    select,
    union_all,
)

from store.domain.filtering import About, Term
from store.domain.keys import IDLE_AFTER, OVER_LIMIT_WITHIN, Note
from store.domain.limits import OBSERVED as LIMIT_OBSERVED
from store.domain.limits import Subject
from store.domain.names import normalized
from store.domain.stops import StopKind
from store.domain.verdicts import Verdict
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.key_columns import due_if_made_by
from store.persistence.repositories.key_terms import grants, has_pair, labelled, people_meant
from store.persistence.schema import (
    key_holders,
    key_refusals,
    key_usage,
    keys,
    limits,
    rotations,
    stops,
    workspaces,
)


def source(term: Term, workspace_id: int, now: int, few: int) -> Select[tuple[str]] | None:
    """Return a statement for the ids of a workspace's keys that may fit a term, and maybe of more.

    None where no index has them: then each key has to be looked at. An id may come twice. Where
    each of more than a `few` different scopes or labels would be looked at, more than a few are
    found that are no ids.
    """
    if term.negated:
        return None
    ids = select(keys.c.id).where(keys.c.workspace_id == workspace_id)
    mine = select(workspaces.c.id).where(workspaces.c.id == workspace_id)
    match term.about:
        case About.BY:
            return ids.where(keys.c.created_by.in_(people_meant(term.value)))
        case About.SCOPE:
            granted = _different(keys.c.scopes, mine, few)
            fitting = select(granted.c.scopes).where(grants(granted.c.scopes, term.value))
            many = _many(granted, few)
            return _either(many, ids.where(keys.c.scopes.in_(fitting)))
        case About.FOR:
            return ids.where(keys.c.owner == normalized(term.value))
        case About.LABEL:
            given = _different(keys.c.labels, mine, few)
            fitting = select(given.c.labels).where(labelled(given.c.labels, term.value))
            many = _many(given, few)
            return _either(many, ids.where(keys.c.labels.in_(fitting)))
        case About.HOLDER:
            return select(key_holders.c.key_id).where(
                beside_indexes(key_holders.c.workspace_id) == workspace_id,
                key_holders.c.person_id.in_(people_meant(term.value)),
            )
        case About.UNUSED if not term.more:
            edge = term.edge(now)
            return _either(
                _used(workspace_id).where(key_usage.c.last_used_at > edge),
                ids.where(keys.c.created_at > edge),
            )
    return _noted(term, ids, workspace_id, now, few)


def _noted(
    term: Term, ids: Select[tuple[str]], workspace_id: int, now: int, few: int
) -> Select[tuple[str]] | None:
    if term.about is not About.NOTE:
        return None
    match Note(term.value):
        case Note.STOPPED:
            by_itself = select(stops.c.value).where(
                stops.c.workspace_id == workspace_id, stops.c.kind == StopKind.KEY.value
            )
            owners = select(stops.c.value).where(
                stops.c.workspace_id == workspace_id, stops.c.kind == StopKind.OWNER.value
            )
            by_owner = ids.where(keys.c.owner.in_(owners))
            stopped = exists().where(
                stops.c.workspace_id == workspace_id, stops.c.kind == StopKind.LABEL.value
            )
            # Where no label is stopped, none is looked at.
            mine = select(workspaces.c.id).where(workspaces.c.id == workspace_id, stopped)
            given = _different(keys.c.labels, mine, few)
            labels = select(given.c.labels).join(
                stops,
                and_(
                    stops.c.workspace_id == workspace_id,
                    stops.c.kind == StopKind.LABEL.value,
                    has_pair(given.c.labels, stops.c.value),
                ),
            )
            by_label = ids.where(keys.c.labels.in_(labels))
            all_of_it = exists().where(
                stops.c.workspace_id == workspace_id, stops.c.kind == StopKind.WORKSPACE.value
            )
            many = _many(given, few)
            return _either(_more_than(few, all_of_it), many, by_itself, by_owner, by_label)
        case Note.LEAKED:
            return ids.where(keys.c.leaked_at.is_not(None))
        case Note.NOT_STARTED:
            return ids.where(keys.c.not_before > now)
        case Note.LIMITED:
            return _either(
                ids.where(keys.c.limits.is_not(None)), *_sharing_limits(ids, workspace_id, few)
            )
        case Note.OVER_LIMIT:
            return select(key_refusals.c.key_id).where(
                key_refusals.c.workspace_id == workspace_id,
                key_refusals.c.at > now - OVER_LIMIT_WITHIN,
                key_refusals.c.verdict == Verdict.LIMITED.value,
            )
        case Note.FOREIGN:
            return ids.where(keys.c.foreign_hash.is_not(None))
        case Note.OBSERVING:
            # That it has limits is said too: only so SQLite takes the index of those that do.
            limited = ids.where(
                keys.c.limits.is_not(None),
                keys.c.limits.contains(LIMIT_OBSERVED, autoescape=True),
            )
            networks = ids.where(keys.c.networks.is_not(None))
            return _either(networks, limited, *_sharing_limits(ids, workspace_id, few))
        case Note.ROTATION_DUE:
            # Of each interval those that were made long enough ago: the others are not looked at.
            mine = select(workspaces.c.id).where(workspaces.c.id == workspace_id)
            unrevoked = keys.c.revoked_at.is_(None)
            every = _different(keys.c.rotate_every_days, mine, few, unrevoked)
            return select(keys.c.id).where(
                keys.c.workspace_id == every.c.workspace_id,
                unrevoked,
                keys.c.rotate_every_days == every.c.rotate_every_days,
                keys.c.created_at <= due_if_made_by(every.c.rotate_every_days, now),
            )
        case Note.ROTATING:
            sides = (rotations.c.predecessor_id, rotations.c.successor_id)
            tied = (select(side).where(rotations.c.workspace_id == workspace_id) for side in sides)
            return _either(*tied)
        case Note.IDLE:
            return _used(workspace_id).where(key_usage.c.last_used_at <= now - IDLE_AFTER)
    return None


def _sharing_limits(
    ids: Select[tuple[str]], workspace_id: int, few: int
) -> tuple[Select[tuple[str]], ...]:
    """Return statements for the keys that share a limit: with an owner's others, with all."""
    owners = select(limits.c.value).where(
        limits.c.workspace_id == workspace_id, limits.c.kind == Subject.OWNER.value
    )
    all_of_it = exists().where(
        limits.c.workspace_id == workspace_id, limits.c.kind == Subject.WORKSPACE.value
    )
    return ids.where(keys.c.owner.in_(owners)), _more_than(few, all_of_it)


def _used(workspace_id: int) -> Select[tuple[str]]:
    return select(key_usage.c.key_id).where(key_usage.c.workspace_id == workspace_id)


def _either(*some: Select[tuple[str]]) -> Select[tuple[str]]:
    found = union_all(*some).subquery()
    return select(found.c[0])


def _many(different: Any, few: int) -> Select[tuple[str]]:
    """Return a statement that finds more than a few, of which none is an id, or nothing.

    Those are the different values where there are so many: no key is looked at to know that.
    """
    beyond = exists().where(different.c.number > few, different.c[1].is_not(None))
    return select(different.c[1]).where(beyond)


def _more_than(few: int, condition: ColumnElement[bool]) -> Select[tuple[str]]:
    """Return a statement that finds more than a few, none of them an id, where a condition holds.

    It is one that all keys of the workspace meet: they are come by on a walk, not one by one.
    """
    one = select(literal(1).label("number")).where(condition).cte("numbers", recursive=True)
    numbers = one.union_all(select(one.c.number + 1).where(one.c.number <= few))
    return select(cast(numbers.c.number, Text))


def scopes_granted(of: Select[tuple[int]]) -> Any:
    """Return, as `workspace_id` and `scopes`, the different scopes that workspaces' keys have.

    From each the next is one step in the index: nothing in between is read.
    """
    return _different(keys.c.scopes, of)


def _different(
    column: Column[Any],
    of: Select[tuple[int]],
    few: int | None = None,
    among: ColumnElement[bool] | None = None,
) -> Any:
    """Return the different values of a column of workspaces' keys, or of some, under its name.

    With the `number` of each. They may be as many as keys: no more than one beyond a `few`.
    """
    whose = of.subquery()
    lowest = select(column).where(column.is_not(None)).order_by(column).limit(1)
    if among is not None:
        lowest = lowest.where(among)

    def first_of(workspace_id: Any, *more: Any) -> Any:
        return lowest.where(keys.c.workspace_id == workspace_id, *more)

    at_first = first_of(whose.c.id).correlate(whose).scalar_subquery()
    found = select(
        whose.c.id.label("workspace_id"),
        at_first.label(column.name),
        literal(1).label("number"),
    ).cte("granted", recursive=True)
    reached = found.c[column.name]
    higher = first_of(found.c.workspace_id, column > reached).correlate(found)
    following = select(found.c.workspace_id, higher.scalar_subquery(), found.c.number + 1)
    following = following.where(reached.is_not(None))
    return found.union_all(following if few is None else following.where(found.c.number <= few))
