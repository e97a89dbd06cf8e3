"""Rolling up: old minutes become hours, old hours become days. No count is lost or doubled.

Some rows at a time, each time in a transaction of its own: whoever wants the store's lock meanwhile
has it after the next few. What is cut off in between goes on from there, as what is rolled up is
added to the hour that stands and is gone in the same transaction.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, select

from store.domain.times import DAY, HOUR, MINUTE
from store.persistence.database import Database
from store.persistence.repositories.dialects import inserting
from store.persistence.schema import OF_KEYS, UsageTables

MINUTES_KEPT = 2 * DAY
HOURS_KEPT = 90 * DAY
ROWS_AT_ONCE = 500
"""Rows that one transaction reads and takes away: some hundredths of a second."""

_STEPS = ((MINUTE, HOUR, MINUTES_KEPT), (HOUR, DAY, HOURS_KEPT))


def roll_up_some(database: Database, now: int, tables: UsageTables = OF_KEYS) -> bool:
    """Join some of what is older than its kind is kept; return whether there was any.

    Any number of workers may do it at once. Raises StoreUnusable.
    """
    for table in (tables.verdicts, tables.scopes):
        for span, larger, kept in _STEPS:
            # Whole hours, and whole days.
            before = now - kept - (now - kept) % larger
            old = select(table).where(table.c.span_ms == span, table.c.starts_at < before)
            # In an order that an index has: where most were old once, all would be looked at.
            oldest = old.order_by(table.c.starts_at)
            # A transaction that writes is not begun to find out that there is nothing to do.
            with database.reading() as connection:
                if connection.execute(oldest.limit(1)).first() is None:
                    continue
            with database.tidying() as connection:
                _join(connection, table, oldest, larger)
            return True
    return False


def _join(connection: Connection, table: Table, oldest: Any, larger: int) -> None:
    rows = [dict(row) for row in connection.execute(oldest.limit(ROWS_AT_ONCE)).mappings()]
    if not rows:
        # Another worker was faster.
        return
    sums: Counter[tuple[tuple[str, Any], ...]] = Counter()
    for row in rows:
        start = row["starts_at"] - row["starts_at"] % larger
        joined = {**row, "starts_at": start, "span_ms": larger}
        number = joined.pop("count")
        sums[tuple(joined.items())] += number
    joining = inserting(connection, table)
    connection.execute(
        joining.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"count": table.c["count"] + joining.excluded["count"]},
        ),
        [{**dict(whose), "count": number} for whose, number in sums.items()],
    )
    key = [column.name for column in table.primary_key]
    this = and_(*(table.c[name] == bindparam(f"its_{name}") for name in key))
    connection.execute(
        delete(table).where(this), [{f"its_{name}": row[name] for name in key} for row in rows]
    )
