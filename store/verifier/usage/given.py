"""Statements on rows that are given to them: one for each table, however many rows there are.

Row by row, a thread would have to win the interpreter back from a busy event loop for each of them,
and hold the store's lock all the while. A statement is put together once for an engine: that takes
as long as it does to write the rows of a hundred keys.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    ClauseElement,
    Column,
    Connection,
    CursorResult,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
    true,
)

Rows = list[tuple[Any, ...]]
Made = Callable[[Connection], ClauseElement]
"""Puts a statement together, in the words of a connection's engine."""

_GIVEN = "given"
"""The parameter of each: its rows."""

_made: dict[tuple[str, ...], Any] = {}


def run(
    connection: Connection, name: tuple[str, ...], made: Made, rows: Iterable[Sequence[Any]]
) -> CursorResult[Any]:
    """Run a statement of a name on some rows; nothing else in it may be another each time."""
    which = (connection.dialect.name, *name)
    compiled: Any = _made.get(which)
    if compiled is None:
        compiled = _made[which] = made(connection).compile(dialect=connection.dialect)
    array = msgspec.json.encode(list(rows)).decode()
    values = {**compiled.params, _GIVEN: array}
    given = tuple(values[at] for at in compiled.positiontup) if compiled.positional else values
    return connection.exec_driver_sql(compiled.string, given)


def table_of(connection: Connection, columns: Sequence[Column[Any]]) -> Select[Any]:
    """Return rows as a table of one parameter: a JSON array, taken apart by the engine."""
    array = bindparam(_GIVEN, type_=Text)
    if connection.dialect.name == "sqlite":
        each = func.json_each(array).table_valued("value", name="given")
        # WHERE: without it SQLite's parser takes ON CONFLICT for a join.
        parts = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns))]
        return select(*parts).where(true())
    given = func.json_array_elements(cast(array, JSON)).table_valued("value", name="given")
    taken = [given.c.value.op("->>")(place) for place in range(len(columns))]
    return select(*(cast(value, column.type) for value, column in zip(taken, columns, strict=True)))
