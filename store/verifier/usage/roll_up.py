"""Rolling up: old minutes become hours, old hours become days. No count is lost or doubled."""

from sqlalchemy import Connection, Table, delete, func, literal, select

from store.domain.times import DAY, HOUR, MINUTE
from store.persistence.database import Database
from store.persistence.repositories.dialects import inserting
from store.persistence.schema import OF_KEYS, UsageTables

MINUTES_KEPT = 2 * DAY
HOURS_KEPT = 90 * DAY

_STEPS = ((MINUTE, HOUR, MINUTES_KEPT), (HOUR, DAY, HOURS_KEPT))


def roll_up(database: Database, now: int, tables: UsageTables = OF_KEYS) -> None:
    """Join what is older than its kind is kept. Any number of workers may do it at once.

    One transaction for each hour or day that is made, so that nobody waits long for the lock.
    Raises StoreUnusable.
    """
    for table in (tables.verdicts, tables.scopes):
        for span, larger, kept in _STEPS:
            while _one_window(database, table, tables.owner, span, larger, now - kept):
                pass


def _one_window(
    database: Database, table: Table, owner: str, span: int, larger: int, before: int
) -> bool:
    """Join the oldest window that is wholly before an instant; return whether there was one."""
    oldest = select(func.min(table.c.starts_at)).where(table.c.span_ms == span)
    with database.reading() as connection:
        first = connection.execute(oldest).scalar()
    if first is None or _window(first, larger) + larger > before:
        return False
    with database.tidying() as connection:
        _join(connection, table, owner, span, larger, _window(first, larger))
    return True


def _window(instant: int, length: int) -> int:
    return instant - instant % length


def _join(
    connection: Connection, table: Table, owner: str, span: int, larger: int, start: int
) -> None:
    counted = [column for column in table.primary_key if column.name in ("verdict", "scope")]
    mine = (
        table.c.span_ms == span,
        table.c.starts_at >= start,
        table.c.starts_at < start + larger,
    )
    whose = [table.c.workspace_id, table.c[owner], *counted]
    sums = (
        select(*whose, literal(start), literal(larger), func.sum(table.c.count))
        .where(*mine)
        .group_by(*whose)
    )
    joining = inserting(connection, table).from_select(
        [*(column.name for column in whose), "starts_at", "span_ms", "count"], sums
    )
    connection.execute(
        joining.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"count": table.c.count + joining.excluded.count},
        )
    )
    connection.execute(delete(table).where(*mine))
