"""Writing a batch of usage: every count is added to what stands, in one transaction.

Each table takes one statement, whatever the batch holds. Row by row, this thread would have to win
the interpreter back from a busy event loop for each of them, and hold the store's lock all the
while.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Select,
    Table,
    case,
    delete,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.sqlite import insert

from store.database import Database
from store.schema import OF_KEYS, UsageTables
from store.times import MINUTE
from store.usage import CALLERS_KEPT, REFUSALS_KEPT
from store.verifier.batch import Batch, Used
from store.verifier.foreign import kept

Rows = list[tuple[Any, ...]]

_INSTANTS: dict[str, Any] = {
    "first_used_at": func.min,
    "last_used_at": func.max,
    "first_at": func.min,
    "last_at": func.max,
}


def write(database: Database, batch: Batch, tables: UsageTables = OF_KEYS) -> None:
    """Add a batch to the store. Raises StoreUnusable, IntegrityError for a key it does not have."""
    whose = ("workspace_id", tables.owner)
    with database.writing() as connection:
        for table, word, counts in (
            (tables.verdicts, "verdict", batch.verdicts),
            (tables.scopes, "scope", batch.scopes),
        ):
            rows = [
                (workspace_id, key_id, minute, MINUTE, counted, count)
                for (workspace_id, key_id, minute, counted), count in counts.items()
            ]
            _add(connection, table, (*whose, "starts_at", "span_ms", word, "count"), rows)
        _add(
            connection,
            tables.used,
            (*whose, "first_used_at", "last_used_at", "last_address"),
            [(*which, *_instants(use), use.address) for which, use in batch.used.items()],
        )
        _add(
            connection,
            tables.scope_used,
            (*whose, "scope", "first_used_at", "last_used_at"),
            [(*which, *_instants(use)) for which, use in batch.scope_used.items()],
        )
        if batch.callers:
            _add_callers(connection, batch, tables)
        if batch.refusals:
            _add_refusals(connection, batch, tables)


def _add_callers(connection: Connection, batch: Batch, tables: UsageTables) -> None:
    called, owner = tables.callers, tables.owner
    columns = ("workspace_id", owner, "address", "user_agent", "first_at", "last_at", "count")
    rows: Rows = [
        (*whose, address or "", kept(agent.decode("latin-1")), calls.first, calls.last, calls.count)
        for whose, callers in batch.callers.items()
        for (address, agent), calls in callers.items()
    ]
    _add(connection, called, columns, rows)
    mine = (called.c.workspace_id, called.c[owner])
    who = (called.c[owner], called.c.address, called.c.user_agent)
    place = func.row_number().over(partition_by=mine, order_by=called.c.last_at.desc())
    placed = (
        select(*who, place.label("place"))
        .where(tuple_(*mine).in_(_table_of(list(batch.callers), 2)))
        .subquery()
    )
    old = select(placed.c[owner], placed.c.address, placed.c.user_agent)
    old = old.where(placed.c.place > CALLERS_KEPT)
    connection.execute(delete(called).where(tuple_(*who).in_(old)))


def _add(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    if not rows:
        return
    adding = insert(table).from_select(list(columns), _table_of(rows, len(columns)))
    new = adding.excluded
    merged: dict[str, Any] = {}
    if "count" in columns:
        merged["count"] = table.c["count"] + new["count"]
    for column, pick in _INSTANTS.items():
        if column in columns:
            merged[column] = pick(table.c[column], new[column])
    if "last_address" in columns:
        later = new.last_used_at >= table.c.last_used_at
        merged["last_address"] = case((later, new.last_address), else_=table.c.last_address)
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_=merged,
            where=table.c.workspace_id == new.workspace_id,
        )
    )


def _add_refusals(connection: Connection, batch: Batch, tables: UsageTables) -> None:
    refusals, owner = tables.refusals, tables.owner
    columns = (
        *("workspace_id", owner, "at", "verdict", "address"),
        *("user_agent", "method", "path", "request_id"),
    )
    rows: Rows = [
        (*whose, *refusal) for whose, refused in batch.refusals.items() for refusal in refused
    ]
    connection.execute(insert(refusals).from_select(list(columns), _table_of(rows, len(columns))))
    whose = (refusals.c.workspace_id, refusals.c[owner])
    place = func.row_number().over(
        partition_by=whose, order_by=(refusals.c.at.desc(), refusals.c.id.desc())
    )
    placed = (
        select(refusals.c.id, place.label("place"))
        .where(tuple_(*whose).in_(_table_of(list(batch.refusals), 2)))
        .subquery()
    )
    old = select(placed.c.id).where(placed.c.place > REFUSALS_KEPT)
    connection.execute(delete(refusals).where(refusals.c.id.in_(old)))


def _table_of(rows: Iterable[Sequence[Any]], width: int) -> Select[Any]:
    """Return rows as a table of one parameter: a JSON array, taken apart by the engine."""
    array = msgspec.json.encode(list(rows)).decode()
    each = func.json_each(array).table_valued("value", name="given")
    # WHERE: without it SQLite's parser takes ON CONFLICT for a join.
    parts = [func.json_extract(each.c.value, f"$[{place}]") for place in range(width)]
    return select(*parts).where(true())


def _instants(use: Used) -> tuple[int, int]:
    return use.first, use.last
