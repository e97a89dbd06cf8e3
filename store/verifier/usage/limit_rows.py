"""The exchange between verifiers: each tells how much it has let through, and hears of the others.

Each has a row of its own for a window, which says all that it has let through: whoever cannot know
whether a transaction was committed says it again, and nothing is counted twice.
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
    tuple_,
)

from store.domain.verifier_processes import GONE_AFTER_MS
from store.persistence.repositories.dialects import inserting, total
from store.persistence.repositories.verifiers import NOW
from store.persistence.schema import limit_counts, verifiers
from store.verifier.usage.given import run, table_of
from store.verifier.usage.limit_book import Asked, Heard

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

    With how many verifiers live. Rows of windows before the last are taken away.
    """
    used = [(*one.counted, one.begins, verifier, one.used) for one in asked if one.used]
    if used:
        # Sorted: two that meet in a row must not have met in another one before.
        run(connection, ("limits", "tell"), _telling, sorted(used))
    rows = [
        (place, *one.counted, one.begins, one.before, verifier) for place, one in enumerate(asked)
    ]
    run(connection, ("limits", "over"), _without_old, rows)
    found: Iterable[Any] = run(connection, ("limits", "ask"), _asking, rows)
    heard = [Heard(others, users + 1) for _, others, users in found]
    return heard, living(connection, now)


def living(connection: Connection, now: int) -> int:
    """Return how many verifiers live, by what they told last."""
    return connection.execute(select(func.count()).where(_lives(connection, now))).scalar_one()


def _telling(connection: Connection) -> ClauseElement:
    columns = [limit_counts.c[name] for name in _COLUMNS]
    adding = inserting(connection, limit_counts).from_select(
        list(_COLUMNS), table_of(connection, columns)
    )
    return adding.on_conflict_do_update(
        index_elements=list(limit_counts.primary_key), set_={"used": adding.excluded.used}
    )


def _asking(connection: Connection) -> ClauseElement:
    given, counts = table_of(connection, _ASKING).subquery(), limit_counts.c
    place, *whose, begins, before, verifier = given.c
    here = case((counts.starts_at == begins, counts.used), else_=0)
    return (
        select(place, func.coalesce(total(here), 0), func.count(distinct(counts.verifier)))
        .outerjoin(
            limit_counts,
            and_(
                *_same(whose),
                or_(counts.starts_at == begins, counts.starts_at == before),
                counts.verifier != verifier,
            ),
        )
        .group_by(place)
        .order_by(place)
    )


def _without_old(connection: Connection) -> ClauseElement:
    given, counts = table_of(connection, _ASKING).subquery(), limit_counts.c
    _, *whose, _, before, _ = given.c
    which = list(limit_counts.primary_key)
    old = select(*which).join(given, and_(*_same(whose), counts.starts_at < before))
    return delete(limit_counts).where(tuple_(*which).in_(old))


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
