"""Letting go of what was used of limits in windows that are over, whoever wrote it.

Each verifier takes away its own old rows of what it asks about again. Left are those of limits that
were lifted, of keys that nobody uses, and of verifiers that were killed.
"""

from typing import Any

from sqlalchemy import and_, bindparam, delete, select, tuple_

from store.domain.limits import Window
from store.persistence.database import Database
from store.persistence.schema import limit_counts

ROWS_AT_ONCE = 500
"""Rows that are looked at, and taken away, at once."""

Place = tuple[Any, ...]
"""A row's primary key."""

_KEY = tuple(limit_counts.primary_key)


def prune_counts(database: Database, now: int, after: Place | None) -> Place | None:
    """Look at some rows behind a place, and take away what is older than the window before.

    Returns the last place that was looked at; None at the end. Raises StoreUnusable.
    """
    some = select(*_KEY).order_by(*_KEY).limit(ROWS_AT_ONCE)
    if after is not None:
        some = some.where(tuple_(*_KEY) > tuple_(*after))
    # A transaction that writes is not begun to find out that there is nothing to do.
    with database.reading() as connection:
        rows = connection.execute(some).all()
    old = [row for row in rows if _is_old(row.span, row.starts_at, now)]
    if old:
        this = and_(*(column == bindparam(f"its_{column.name}") for column in _KEY))
        with database.tidying() as connection:
            connection.execute(
                delete(limit_counts).where(this),
                [{f"its_{name}": value for name, value in row._mapping.items()} for row in old],
            )
    return tuple(rows[-1]) if len(rows) == ROWS_AT_ONCE else None


def _is_old(span: str, starts_at: int, now: int) -> bool:
    window = Window(1, span)
    # Who used the window before is asked for in the one after it.
    return starts_at < window.before(window.around(now)[0])
