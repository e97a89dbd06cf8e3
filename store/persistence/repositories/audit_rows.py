"""An entry of the audit as it is stored, whatever somebody made of it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Text,
    and_,
    cast,
    func,
    true,
)
from sqlalchemy.engine import Row

from store.domain.audit.chain import Link
from store.domain.audit.entry import UNREADABLE, AuditEntry
from store.domain.times import LATEST
from store.persistence.schema import audit


def stored(engine: str) -> Sequence[ColumnElement[Any]]:
    """Return what a chain is read from: every column, and whether all are of their types.

    SQLite keeps what it is given, whatever the column's type; fetching that by its type would
    raise. PostgreSQL refuses it.
    """
    if engine != "sqlite":
        return [*audit.c, true().label("whole")]
    whole = and_(*(func.typeof(column).in_(_kept_as(column)) for column in audit.c))
    as_bytes = [
        _raw(column) if isinstance(column.type, Text | LargeBinary) else column
        for column in audit.c
    ]
    return [*as_bytes, whole.label("whole")]


def tie(engine: str) -> Sequence[ColumnElement[Any]]:
    """Return what the next entry is tied to: a number and a MAC."""
    return [audit.c.seq, audit.c.mac if engine != "sqlite" else _raw(audit.c.mac)]


def numbered(engine: str) -> ColumnElement[bool]:
    """Return the condition that a row has a number, whatever else somebody made of it."""
    return true() if engine != "sqlite" else func.typeof(audit.c.seq) == "integer"


def _raw(column: Column[Any]) -> ColumnElement[bytes]:
    return cast(column, LargeBinary).label(column.name)


def _kept_as(column: Column[Any]) -> tuple[str, ...]:
    if isinstance(column.type, Text | LargeBinary):
        return ("text",) if isinstance(column.type, Text) else ("blob",)
    return ("integer", "null") if column.nullable else ("integer",)


def link_of(row: Row[*tuple[Any, ...]]) -> Link:
    """Return the link a row of `stored` holds; without an entry where it holds none."""
    if row.whole:
        # Not UTF-8, or no JSON: that is no entry either.
        with suppress(ValueError, RecursionError):
            values = {name: _told(name, value) for name, value in row._asdict().items()}
            return Link(
                _entry_of(values), values["details"], row.previous_mac, row.mac, values["pepper"]
            )
    return Link(None)


_TEXTS = {column.name for column in audit.c if isinstance(column.type, Text)}


def _told(name: str, value: Any) -> Any:
    return str(value, "utf-8") if name in _TEXTS and isinstance(value, bytes) else value


def readable(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    """Return the entry a row of `stored` holds, or one that says it cannot be read."""
    return link_of(row).entry or _unreadable(row)


def _unreadable(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    at = row.at if isinstance(row.at, int) and 0 <= row.at <= LATEST else 0
    return AuditEntry(
        workspace_id=row.workspace_id,
        seq=row.seq,
        at=at,
        actor_id=None,
        actor="unknown",
        action=UNREADABLE,
        subject="",
        subject_name="",
        details={"note": "Not as it was written. keydeck audit verify says since when."},
        revision=0,
    )


def _entry_of(row: Mapping[str, Any]) -> AuditEntry:
    details = json.loads(row["details"])
    if not isinstance(details, dict) or not 0 <= row["at"] <= LATEST:
        raise ValueError("no entry that keydeck wrote")
    return AuditEntry(
        workspace_id=row["workspace_id"],
        seq=row["seq"],
        at=row["at"],
        actor_id=row["actor_id"],
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        subject_name=row["subject_name"],
        details=details,
        revision=row["revision"],
    )
