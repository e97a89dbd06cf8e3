"""The exchange between verifiers: each tells how much it has let through, and hears of the others.

Each has a row of its own for a window, which says all that it has let through: whoever cannot know
whether a transaction was committed says it again, and nothing is counted twice.
Whoever ends adds its rows to one that is nobody's, so that those of many starts stay few.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    case,
    delete,
    distinct,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from store.domain.limits import Subject, Window
from store.domain.verifier_processes import GONE_AFTER_MS
from store.persistence.repositories.dialects import inserting, total
from store.persistence.repositories.verifiers import NOW
from store.persistence.schema import limit_counts, verifiers, workspaces
from store.verifier.usage.given import run, table_of
from store.verifier.usage.limit_book import Asked, Counted, Heard

NOBODY = ""
"""The verifier of what those let through that have ended."""

_COLUMNS = ("workspace_id", "kind", "value", "span", "starts_at", "verifier", "used")
_ASKING = (
    Column("place", Integer),
    Column("workspace_id", Integer),
    Column("kind", Text),
    Column("value", Text),
    Column("span", Text),
    Column("begins", BigInteger),
    Column("before", BigInteger),
    Column("verifier", Text),
)


def exchange(
    connection: Connection, verifier: str, asked: Sequence[Asked], now: int
) -> tuple[list[Heard], int]:
    """Tell what one verifier has let through, and return what the others have, in the same order.

    With how many verifiers live. What is of a workspace that is not there is told to nobody. Its
    own rows of windows before the last are taken away, and no others: two that met in each other's
    rows might wait for each other.
    """
    used = [(*one.counted, one.begins, verifier, one.used) for one in asked if one.used]
    if used:
        run(connection, ("limits", "tell"), _telling, sorted(used))
    rows = [
        (place, *one.counted, one.begins, one.before, verifier) for place, one in enumerate(asked)
    ]
    run(connection, ("limits", "over"), _without_old, rows)
    found: Iterable[Any] = run(connection, ("limits", "ask"), _asking, rows)
    heard = [Heard(others, users + 1, own) for _, others, users, own in found]
    return heard, living(connection, now)


def known(
    connection: Connection, most: int, now: int
) -> tuple[dict[tuple[Counted, int], int], bool]:
    """Return what was let through of each window that is not over, and whether that is all.

    At the most so many windows are looked at.
    """
    counts = limit_counts.c
    window = [counts.workspace_id, counts.kind, counts.value, counts.span, counts.starts_at]
    rows = connection.execute(
        select(*window, total(counts.used).label("used"))
        .group_by(*window)
        .order_by(*window)
        .limit(most + 1)
    ).all()
    found = {
        (Counted(row.workspace_id, Subject(row.kind), row.value, row.span), row.starts_at): row.used
        for row in rows[:most]
        if Window(1, row.span).around(now)[0] == row.starts_at
    }
    return found, len(rows) <= most


def leave(connection: Connection, verifier: str, asked: Sequence[Asked]) -> None:
    """Make what a verifier has told, which tells nothing more, that of nobody."""
    rows = sorted((*one.counted, one.begins, one.before, verifier) for one in asked)
    placed = [(place, *row) for place, row in enumerate(rows)]
    run(connection, ("limits", "leave"), _leaving, placed)
    run(connection, ("limits", "left"), _without_own, placed)


def living(connection: Connection, now: int) -> int:
    """Return how many verifiers live, by what they told last."""
    return connection.execute(select(func.count()).where(_lives(connection, now))).scalar_one()


def _telling(connection: Connection) -> ClauseElement:
    columns = [limit_counts.c[name] for name in _COLUMNS]
    given = table_of(connection, columns).subquery()
    there = select(*given.c).where(given.c[0].in_(select(workspaces.c.id)))
    adding = inserting(connection, limit_counts).from_select(list(_COLUMNS), there)
    least = case(
        (adding.excluded.used > limit_counts.c.used, adding.excluded.used),
        else_=limit_counts.c.used,
    )
    return adding.on_conflict_do_update(
        index_elements=list(limit_counts.primary_key), set_={"used": least}
    )


def _asking(connection: Connection) -> ClauseElement:
    given, counts = table_of(connection, _ASKING).subquery(), limit_counts.c
    place, *whose, begins, before, verifier = given.c
    other = counts.verifier != verifier
    others = case((and_(other, counts.starts_at == begins), counts.used), else_=0)
    own = case((and_(not_(other), counts.starts_at == begins), counts.used), else_=0)
    user = case((and_(other, counts.verifier != NOBODY), counts.verifier), else_=None)
    return (
        select(
            place,
            func.coalesce(total(others), 0),
            func.count(distinct(user)),
            func.coalesce(total(own), 0),
        )
        .outerjoin(
            limit_counts,
            and_(*_same(whose), or_(counts.starts_at == begins, counts.starts_at == before)),
        )
        .group_by(place)
        .order_by(place)
    )


def _without_old(connection: Connection) -> ClauseElement:
    given, counts = table_of(connection, _ASKING).subquery(), limit_counts.c
    _, *whose, _, before, verifier = given.c
    its_old = counts.starts_at < before, counts.verifier == verifier
    return _without(select(*limit_counts.primary_key).join(given, and_(*_same(whose), *its_old)))


def _leaving(connection: Connection) -> ClauseElement:
    given, counts = table_of(connection, _ASKING).subquery(), limit_counts.c
    key = [counts[name] for name in _COLUMNS[:5]]
    # In an order: two that end at the same time meet in these rows.
    its = select(*key, literal(NOBODY), counts.used).join(given, _own(given.c)).order_by(*key)
    adding = inserting(connection, limit_counts).from_select(list(_COLUMNS), its.where(true()))
    return adding.on_conflict_do_update(
        index_elements=list(limit_counts.primary_key),
        set_={"used": counts.used + adding.excluded.used},
    )


def _without_own(connection: Connection) -> ClauseElement:
    given = table_of(connection, _ASKING).subquery()
    return _without(select(*limit_counts.primary_key).join(given, _own(given.c)))


def _own(given: Any) -> ColumnElement[bool]:
    _, *whose, begins, _, verifier = given
    counts = limit_counts.c
    return and_(*_same(whose), counts.starts_at == begins, counts.verifier == verifier)


def _without(which: Select[Any]) -> ClauseElement:
    return delete(limit_counts).where(tuple_(*limit_counts.primary_key).in_(which))


def _same(whose: Sequence[Any]) -> list[ColumnElement[bool]]:
    names = ("workspace_id", "kind", "value", "span")
    return [limit_counts.c[name] == of for name, of in zip(names, whose, strict=True)]


def _lives(connection: Connection, now: int) -> ColumnElement[bool]:
    """Return the condition that a row of verifiers is of one that answers, by what it told last."""
    at: ColumnElement[int] = literal(now, BigInteger)
    if connection.dialect.name == "postgresql":
        at = literal_column(NOW, BigInteger)
    longer = verifiers.c.lease_ms > GONE_AFTER_MS
    silent = case((longer, verifiers.c.lease_ms), else_=GONE_AFTER_MS)
    return and_(not_(verifiers.c.lapsed), verifiers.c.seen_at > at - silent)
