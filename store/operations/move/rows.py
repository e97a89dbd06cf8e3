"""A table's rows in the order of their keys, and bringing one table to what another holds."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

Row = tuple[Any, ...]

ROWS_AT_ONCE = 2000
"""Read at once, and written in one transaction: what an interruption costs at most."""


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def batches(connection: Connection, table: Table) -> Generator[Sequence[Row], None, None]:
    """Give a table's rows in the order of their keys, some at a time."""
    query, options = select(table).order_by(*table.primary_key), {"yield_per": ROWS_AT_ONCE}
    with connection.execute(query, execution_options=options) as rows:
        for batch in rows.partitions():
            yield [tuple(row) for row in batch]


def key(table: Table, row: Row) -> Row:
    """Return what tells a row from every other of its table."""
    return _places(table)(row)


def level(there: Connection, table: Table, after: Row | None, rows: Sequence[Row]) -> None:
    """Write what is missing or differs of a batch of rows, which begins behind a key.

    Raises IntegrityError where that would undo what is final.
    """
    found = _found(there, table, after, key(table, rows[-1]))
    names = [column.name for column in table.c]
    missing: list[dict[str, Any]] = []
    differing: list[dict[str, Any]] = []
    for row in rows:
        stands = found.get(key(table, row))
        if stands != row:
            (missing if stands is None else differing).append(dict(zip(names, row, strict=True)))
    if missing:
        there.execute(insert(table), missing)
    if differing:
        there.execute(
            update(table)
            .where(*(column == bindparam(f"is_{column.name}") for column in table.primary_key))
            .values({name: bindparam(f"to_{name}") for name in names}),
            [
                {f"{use}_{name}": value for use in ("is", "to") for name, value in values.items()}
                for values in differing
            ],
        )


def take_away(here: Connection, there: Connection, table: Table) -> None:
    """Delete the rows that the other store does not have.

    Raises IntegrityError where that would undo what is final.
    """
    after: Row | None = None
    with closing(batches(here, table)) as read:
        for rows in read:
            last = key(table, rows[-1])
            kept = {key(table, row) for row in rows}
            for stray in _found(there, table, after, last).keys() - kept:
                there.execute(delete(table).where(_key(table) == stray))
            after = last
    there.execute(delete(table).where(_between(table, after, None)))


def _found(there: Connection, table: Table, after: Row | None, last: Row) -> dict[Row, Row]:
    query = select(table).where(_between(table, after, last))
    return {key(table, row): row for row in map(tuple, there.execute(query))}


def _between(table: Table, after: Row | None, last: Row | None) -> ColumnElement[bool]:
    bounds = [_key(table) > after] if after is not None else []
    if last is not None:
        bounds.append(_key(table) <= last)
    return and_(True, *bounds)


@cache
def _places(table: Table) -> Callable[[Row], Row]:
    columns = list(table.c)
    first, *others = [columns.index(column) for column in table.primary_key]
    return itemgetter(first, *others) if others else lambda row: (row[first],)


def _key(table: Table) -> Any:
    return tuple_(*table.primary_key)
