"""Writing a batch of usage: every count is added to what stands, in one transaction.

Each table takes one statement, whatever the batch holds. Row by row, this thread would have to win
the interpreter back from a busy event loop for each of them, and hold the store's lock all the
while.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Select,
    Table,
    Text,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
)

from store.domain.times import MINUTE
from store.domain.usage import CALLERS_KEPT, REFUSALS_KEPT
from store.persistence.database import Database
from store.persistence.repositories.dialects import inserting
from store.persistence.schema import OF_KEYS, UsageTables
from store.verifier.sanitize import kept
from store.verifier.usage.batch import Batch, Used

Rows = list[tuple[Any, ...]]

_INSTANTS = {"first_used_at": True, "last_used_at": False, "first_at": True, "last_at": False}
"""Columns of which the earlier instant stays, or the later one."""


def write(database: Database, batch: Batch, tables: UsageTables = OF_KEYS) -> None:
    """Add a batch to the store. Raises StoreUnusable, IntegrityError for a key it does not have."""
    whose = ("workspace_id", tables.owner)
    with database.counting() as connection:
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
    seen: dict[tuple[int, str, str, str], tuple[int, int, int]] = {}
    for whose, callers in batch.callers.items():
        for (address, agent), calls in callers.items():
            # Two agents may be one as they are kept, and a statement meets a row once only.
            who = (*whose, address or "", kept(agent.decode("latin-1")))
            first, last, count = seen.get(who, (calls.first, calls.last, 0))
            seen[who] = min(first, calls.first), max(last, calls.last), count + calls.count
    rows: Rows = [(*who, *calls) for who, calls in seen.items()]
    _add(connection, called, columns, rows)
    mine = (called.c.workspace_id, called.c[owner])
    which = (called.c[owner], called.c.address, called.c.user_agent)
    place = func.row_number().over(partition_by=mine, order_by=called.c.last_at.desc())
    placed = (
        select(*which, place.label("place"))
        .where(tuple_(*mine).in_(_table_of(connection, list(batch.callers), mine)))
        .subquery()
    )
    old = select(placed.c[owner], placed.c.address, placed.c.user_agent)
    old = old.where(placed.c.place > CALLERS_KEPT)
    connection.execute(delete(called).where(tuple_(*which).in_(old)))


def _add(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    if not rows:
        return
    # Sorted: two batches that meet in a row must not have met in another one before.
    rows = sorted(rows, key=lambda row: row[: len(table.primary_key) + 1])
    adding = inserting(connection, table).from_select(
        list(columns), _table_of(connection, rows, [table.c[name] for name in columns])
    )
    new = adding.excluded
    merged: dict[str, Any] = {}
    if "count" in columns:
        merged["count"] = table.c["count"] + new["count"]
    for column, earlier in _INSTANTS.items():
        if column in columns:
            mine, other = table.c[column], new[column]
            stays = mine <= other if earlier else mine >= other
            merged[column] = case((stays, mine), else_=other)
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
        "workspace_id",
        owner,
        "at",
        "verdict",
        "address",
        "user_agent",
        "method",
        "path",
        "request_id",
    )
    rows: Rows = [
        (*whose, *refusal) for whose, refused in batch.refusals.items() for refusal in refused
    ]
    connection.execute(
        insert(refusals).from_select(
            list(columns), _table_of(connection, rows, [refusals.c[name] for name in columns])
        )
    )
    whose = (refusals.c.workspace_id, refusals.c[owner])
    place = func.row_number().over(
        partition_by=whose, order_by=(refusals.c.at.desc(), refusals.c.id.desc())
    )
    placed = (
        select(refusals.c.id, place.label("place"))
        .where(tuple_(*whose).in_(_table_of(connection, list(batch.refusals), whose)))
        .subquery()
    )
    old = select(placed.c.id).where(placed.c.place > REFUSALS_KEPT)
    connection.execute(delete(refusals).where(refusals.c.id.in_(old)))


def _table_of(
    connection: Connection, rows: Iterable[Sequence[Any]], columns: Sequence[Column[Any]]
) -> Select[Any]:
    """Return rows as a table of one parameter: a JSON array, taken apart by the engine."""
    array = msgspec.json.encode(list(rows)).decode()
    if connection.dialect.name == "sqlite":
        each = func.json_each(array).table_valued("value", name="given")
        # WHERE: without it SQLite's parser takes ON CONFLICT for a join.
        parts = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns))]
        return select(*parts).where(true())
    given = func.json_array_elements(cast(literal(array, Text), JSON)).table_valued(
        "value", name="given"
    )
    taken = [given.c.value.op("->>")(place) for place in range(len(columns))]
    return select(*(cast(value, column.type) for value, column in zip(taken, columns, strict=True)))


def _instants(use: Used) -> tuple[int, int]:
    return use.first, use.last
