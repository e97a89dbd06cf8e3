"""The terms of a filter as conditions in SQL, on rows of keys joined with their use."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select

from store.domain.filtering import NEVER, About, Term
from store.domain.keys import Note, State
from store.domain.listing import KeyQuery, Sort
from store.domain.names import fold, normalized
from store.persistence.repositories.dialects import among_found, beside_indexes, has_part
from store.persistence.repositories.holders import of_the_present_secret
from store.persistence.repositories.key_columns import active, in_state, with_note
from store.persistence.schema import key_holders, key_usage, keys, people

STILL_USED = Term(About.NOTE, Note.STILL_USED)
OF_USE = (About.NOTE, About.UNUSED)
"""What terms are about that look at the use of a key."""


def filtered(
    statement: Select[Any],
    workspace_id: int,
    query: KeyQuery,
    now: int,
    few: Select[Any] | None = None,
    *,
    with_use: bool = False,
) -> Select[Any]:
    """Return a statement on the keys that a query finds; those of `few` ids where it is given.

    With their use where a term, the order or the statement (`with_use`) is about it.
    """
    asked: Any = keys
    about_use = any(term.about in OF_USE for term in query.terms)
    if with_use or about_use or query.sort is Sort.LAST_USED:
        same_key = and_(
            key_usage.c.workspace_id == keys.c.workspace_id, key_usage.c.key_id == keys.c.id
        )
        asked = keys.outerjoin(key_usage, same_key)
    mine: ColumnElement[Any] = keys.c.workspace_id
    if few is not None or STILL_USED in query.terms:
        # SQLite begins with the few ids, not with every key of the workspace.
        mine = beside_indexes(keys.c.workspace_id)
    statement = statement.select_from(asked).where(mine == workspace_id)
    if few is not None:
        statement = statement.where(among_found(keys.c.id, few))
    return statement.where(*(condition(term, workspace_id, now) for term in query.terms))


def condition(term: Term, workspace_id: int, now: int) -> ColumnElement[bool]:
    """Return the condition that a workspace's key fits a term."""
    found = _positive(term, workspace_id, now)
    # What is unknown does not hold, so its opposite does.
    return not_(func.coalesce(found, false())) if term.negated else found


def _positive(term: Term, workspace_id: int, now: int) -> ColumnElement[bool]:
    match term.about:
        case About.STATE:
            return in_state(State(term.value), now)
        case About.NOTE:
            return with_note(Note(term.value), workspace_id, now)
        case About.SCOPE:
            return grants(keys.c.scopes, term.value)
        case About.BY:
            return among_found(keys.c.created_by, people_meant(term.value))
        case About.HOLDER:
            return _held_by(people_meant(term.value))
        case About.EXPIRES:
            return _expires(term, now)
        case About.UNUSED:
            return _unused(term, now)
        case About.FOR:
            return keys.c.owner == normalized(term.value)
        case About.LABEL:
            return labelled(keys.c.labels, term.value)
    return or_(
        keys.c.name_folded.contains(fold(term.value), autoescape=True),
        has_part(keys.c.id, term.value),
        _held_by(_people(term.value)),
    )


def grants(scopes: ColumnElement[str], scope: str) -> ColumnElement[bool]:
    """Return the condition that scopes as they are stored have one, or one of a resource."""
    # The column holds `events:read events:write`; every scope ends with a blank or the end.
    whole = " " + scopes + " "
    wanted = f" {scope} " if ":" in scope else f" {scope}:"
    return whole.contains(wanted, autoescape=True)


def labelled(labels: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """Return the condition that labels as they are kept have one, or one of a name."""
    return _holds(labels, literal(f" {wanted} " if "=" in wanted else f" {wanted}="))


def has_pair(labels: ColumnElement[str], pair: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that labels as they are kept have one that a column holds."""
    return _holds(labels, literal(" ") + pair + " ")


def _holds(labels: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[bool]:
    # As store.persistence.repositories.stopped has it: unlike LIKE it tells gold from GOLD on both
    # engines, and no letter of it stands for others.
    whole = literal(" ") + labels + " "
    return func.replace(whole, part, "") != whole


def _people(part: str) -> Select[tuple[int]]:
    folded = fold(part)
    return select(people.c.id).where(
        or_(
            people.c.email_folded.contains(folded, autoescape=True),
            people.c.name_folded.contains(folded, autoescape=True),
        )
    )


def people_meant(person: str) -> Select[tuple[int]]:
    """Return the ids of the people whom a part of a name, or an e-mail, means."""
    # With an @ it is one person: mia@acme.example is a part of zmia@acme.example.
    if "@" in person:
        return select(people.c.id).where(people.c.email_folded == fold(person))
    return _people(person)


def _held_by(some: Select[tuple[int]]) -> ColumnElement[bool]:
    # Most words name nobody: asked once for all rows, that spares a look at each one's holders.
    # One value rather than EXISTS: PostgreSQL would make a table of all that somebody may know,
    # also for the few keys that are looked at.
    holder = (
        select(key_holders.c.person_id)
        .where(of_the_present_secret(), among_found(key_holders.c.person_id, some))
        .limit(1)
        .correlate(keys)
        .scalar_subquery()
    )
    return and_(some.exists(), holder.is_not(None))


def _expires(term: Term, now: int) -> ColumnElement[bool]:
    if term.value == NEVER:
        return keys.c.expires_at.is_(None)
    edge = term.edge(now)
    if term.more:
        return keys.c.expires_at > edge
    return and_(active(keys, now), keys.c.expires_at <= edge)


def _unused(term: Term, now: int) -> ColumnElement[bool]:
    edge = term.edge(now)
    last = func.coalesce(key_usage.c.last_used_at, keys.c.created_at)
    return and_(active(keys, now), last <= edge if term.more else last > edge)
