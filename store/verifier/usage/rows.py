"""Writing a batch of usage: every count is added to what stands, in one transaction.

Each table takes one statement, whatever the batch holds (`store.verifier.usage.given`).
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    tuple_,
)

from store.domain.times import MINUTE
from store.domain.usage import CALLERS_KEPT, OBSERVED_KEPT, REFUSALS_KEPT, TOOLS_KEPT
from store.persistence.database import Database
from store.persistence.repositories.dialects import inserting
from store.persistence.schema import OF_KEYS, UsageTables
from store.verifier.sanitize import kept
from store.verifier.usage.batch import Batch, Used
from store.verifier.usage.given import Rows, run, table_of

LET_GO_AT_ONCE = 500
"""Counts by tool that one batch takes away at the most; the next one goes on."""

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
        if batch.observed:
            _add_observed(connection, batch, tables)
        if batch.refusals:
            _add_refusals(connection, batch, tables)
        if tables.tools is not None:
            _add(
                connection,
                tables.tools,
                (*whose, "starts_at", "tool", "outcome", "count", "last_at"),
                [(*which, calls.count, calls.last) for which, calls in batch.tools.items()],
            )
            if batch.tools:
                _let_go_of_tools(connection, batch, tables.tools)


def _add_callers(connection: Connection, batch: Batch, tables: UsageTables) -> None:
    called, owner = tables.callers, tables.owner
    columns = ("workspace_id", owner, "address", "user_agent", "first_at", "last_at", "count")
    seen: dict[tuple[int, str, str, str], tuple[int, int, int]] = {}
    for whose, callers in batch.callers.items():
        for (address, agent), calls in callers.items():
            # Two agents may be one as they are kept, and a statement meets a row once only.
            who = (*whose, address or "", _kept(agent))
            first, last, count = seen.get(who, (calls.first, calls.last, 0))
            seen[who] = min(first, calls.first), max(last, calls.last), count + calls.count
    rows: Rows = [(*who, *calls) for who, calls in seen.items()]
    _add(connection, called, columns, rows)
    trimmed = partial(_without_old, called, owner, CALLERS_KEPT)
    run(connection, ("callers", owner), trimmed, batch.callers)


def _add_observed(connection: Connection, batch: Batch, tables: UsageTables) -> None:
    observed, owner = tables.observed, tables.owner
    which = ("verdict", "address", "user_agent", "method", "path")
    columns = ("workspace_id", owner, *which, "first_at", "last_at", "count")
    seen: dict[tuple[int, str, str, str, str, str, str], tuple[int, int, int]] = {}
    for whose, found in batch.observed.items():
        for (verdict, address, agent, method, path), calls in found.items():
            # As with callers: two that are alike once they are kept are one row.
            row = (*whose, verdict, address or "", _kept(agent), kept(method), kept(path))
            first, last, count = seen.get(row, (calls.first, calls.last, 0))
            seen[row] = min(first, calls.first), max(last, calls.last), count + calls.count
    rows: Rows = [(*row, *calls) for row, calls in seen.items()]
    _add(connection, observed, columns, rows)
    trimmed = partial(_without_old, observed, owner, OBSERVED_KEPT)
    run(connection, ("observed", owner), trimmed, batch.observed)


def _without_old(called: Table, owner: str, most: int, connection: Connection) -> ClauseElement:
    """Return what leaves the latest of each key, of a table whose rows have `last_at`."""
    mine = (called.c.workspace_id, called.c[owner])
    which = list(called.primary_key)
    place = func.row_number().over(partition_by=mine, order_by=called.c.last_at.desc())
    placed = (
        select(*which, place.label("place"))
        .where(tuple_(*mine).in_(table_of(connection, mine)))
        .subquery()
    )
    old = select(*(placed.c[column.name] for column in which)).where(placed.c.place > most)
    return delete(called).where(tuple_(*which).in_(old))


def _add(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    if not rows:
        return
    # Sorted: two batches that meet in a row must not have met in another one before.
    run(connection, ("add", table.name), partial(_adding, table, columns), sorted(rows))


def _adding(table: Table, columns: Sequence[str], connection: Connection) -> ClauseElement:
    adding = inserting(connection, table).from_select(
        list(columns), table_of(connection, [table.c[name] for name in columns])
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
    return adding.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_=merged,
        where=table.c.workspace_id == new.workspace_id,
    )


def _add_refusals(connection: Connection, batch: Batch, tables: UsageTables) -> None:
    rows = [(*whose, *refusal) for whose, refused in batch.refusals.items() for refusal in refused]
    owner = tables.owner
    run(connection, ("refusals", owner), partial(_adding_refusals, tables), rows)
    run(connection, ("refused", owner), partial(_without_old_refusals, tables), batch.refusals)


def _adding_refusals(tables: UsageTables, connection: Connection) -> ClauseElement:
    refusals = tables.refusals
    told = ["at", "verdict", "address", "user_agent", "method", "path", "request_id"]
    if "tool" in refusals.c:
        told.append("tool")
    columns = [refusals.c[name] for name in ("workspace_id", tables.owner, *told)]
    return insert(refusals).from_select(
        [column.name for column in columns], table_of(connection, columns)
    )


def _without_old_refusals(tables: UsageTables, connection: Connection) -> ClauseElement:
    refusals = tables.refusals
    whose = (refusals.c.workspace_id, refusals.c[tables.owner])
    place = func.row_number().over(
        partition_by=whose, order_by=(refusals.c.at.desc(), refusals.c.id.desc())
    )
    placed = (
        select(refusals.c.id, place.label("place"))
        .where(tuple_(*whose).in_(table_of(connection, whose)))
        .subquery()
    )
    old = select(placed.c.id).where(placed.c.place > REFUSALS_KEPT)
    return delete(refusals).where(refusals.c.id.in_(old))


def _let_go_of_tools(connection: Connection, batch: Batch, tools: Table) -> None:
    newest: dict[tuple[int, str], int] = {}
    for workspace_id, connection_id, day, *_ in batch.tools:
        whose = (workspace_id, connection_id)
        newest[whose] = max(day, newest.get(whose, day))
    rows = [(*whose, day - TOOLS_KEPT) for whose, day in newest.items()]
    run(connection, ("tools",), partial(_without_old_tools, tools), rows)


def _without_old_tools(tools: Table, connection: Connection) -> ClauseElement:
    """Return what leaves each connection the days that count; its key leads to the others."""
    which = list(tools.primary_key)
    columns = (tools.c.workspace_id, tools.c.connection_id, tools.c.starts_at)
    given = table_of(connection, columns).subquery()
    workspace_id, connection_id, before = given.c
    old = select(*which).join(
        given,
        and_(
            tools.c.workspace_id == workspace_id,
            tools.c.connection_id == connection_id,
            tools.c.starts_at < before,
        ),
    )
    return delete(tools).where(tuple_(*which).in_(old.limit(LET_GO_AT_ONCE)))


@lru_cache(1024)
def _kept(agent: bytes) -> str:
    return kept(agent.decode("latin-1"))


def _instants(use: Used) -> tuple[int, int]:
    return use.first, use.last
