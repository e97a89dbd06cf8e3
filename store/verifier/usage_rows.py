"""Writing a batch of usage: every count is added to what stands, in one transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from store.database import Database
from store.schema import key_refusals, key_usage, scope_counts, scope_usage, verdict_counts
from store.times import MINUTE
from store.usage import REFUSALS_KEPT
from store.verifier.batch import Batch

Rows = list[dict[str, Any]]


def write(database: Database, batch: Batch) -> None:
    """Add a batch to the store. Raises StoreUnusable, IntegrityError for a key it does not have."""
    with database.writing() as connection:
        add_counts(connection, verdict_counts, _counts(batch.verdicts.items(), "verdict"))
        add_counts(connection, scope_counts, _counts(batch.scopes.items(), "scope"))
        _add_uses(
            connection,
            key_usage,
            [
                {**_of(*whose), **_span(use.first, use.last), "last_address": use.address}
                for whose, use in batch.used.items()
            ],
        )
        _add_uses(
            connection,
            scope_usage,
            [
                {**_of(workspace_id, key_id), **_span(use.first, use.last), "scope": scope}
                for (workspace_id, key_id, scope), use in batch.scope_used.items()
            ],
        )
        _add_refusals(connection, batch)


def add_counts(connection: Connection, table: Table, rows: Rows) -> None:
    """Add counts to those that stand for the same key, span and word."""
    if not rows:
        return
    adding = upsert(table)
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"count": table.c.count + adding.excluded.count},
            where=table.c.workspace_id == adding.excluded.workspace_id,
        ),
        rows,
    )


def _counts(counted: Iterable[tuple[tuple[int, str, int, str], int]], word: str) -> Rows:
    return [
        {
            **_of(workspace_id, key_id),
            "starts_at": minute,
            "span_ms": MINUTE,
            word: str(value),
            "count": count,
        }
        for (workspace_id, key_id, minute, value), count in counted
    ]


def _add_uses(connection: Connection, table: Table, rows: Rows) -> None:
    if not rows:
        return
    adding = upsert(table)
    new = adding.excluded
    later = new.last_used_at >= table.c.last_used_at
    moved: dict[str, Any] = {
        "first_used_at": func.min(table.c.first_used_at, new.first_used_at),
        "last_used_at": func.max(table.c.last_used_at, new.last_used_at),
    }
    if "last_address" in table.c:
        moved["last_address"] = case((later, new.last_address), else_=table.c.last_address)
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_=moved,
            where=table.c.workspace_id == new.workspace_id,
        ),
        rows,
    )


def _add_refusals(connection: Connection, batch: Batch) -> None:
    if not batch.refusals:
        return
    connection.execute(
        insert(key_refusals),
        [
            {**_of(*whose), **refusal._asdict(), "verdict": refusal.verdict.value}
            for whose, refusals in batch.refusals.items()
            for refusal in refusals
        ],
    )
    mine = (
        key_refusals.c.workspace_id == bindparam("workspace"),
        key_refusals.c.key_id == bindparam("key"),
    )
    newest = select(key_refusals.c.id).where(*mine)
    newest = newest.order_by(key_refusals.c.at.desc(), key_refusals.c.id.desc())
    connection.execute(
        delete(key_refusals).where(*mine, key_refusals.c.id.not_in(newest.limit(REFUSALS_KEPT))),
        [{"workspace": workspace_id, "key": key_id} for workspace_id, key_id in batch.refusals],
    )


def _of(workspace_id: int, key_id: str) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "key_id": key_id}


def _span(first: int, last: int) -> dict[str, Any]:
    return {"first_used_at": first, "last_used_at": last}
