"""What the verifiers counted, of keys and of connections: the same tables for either."""

from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
)

from store.persistence.schema.base import metadata, of_connection, of_key, workspace_column


class UsageTables(NamedTuple):
    """The counts of one kind of credential."""

    owner: str
    """The column that names whose a row is, beside its workspace."""
    used: Table
    verdicts: Table
    scopes: Table
    scope_used: Table
    refusals: Table
    callers: Table
    tools: Table | None
    """Of connections: keys call no tools."""
    observed: Table

    def whose(
        self, table: Table, workspace_id: int, owner_id: str
    ) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return the conditions that a row of one of the tables is of one credential."""
        return table.c.workspace_id == workspace_id, table.c[self.owner] == owner_id


tool_counts = Table(
    "tool_counts",
    metadata,
    workspace_column(),
    Column("connection_id", Text, primary_key=True),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("tool", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    *of_connection(),
    sqlite_with_rowid=False,
)
"""Calls of assistants by tool, of each day in UTC, and of each what became of it.

Not by minute, as requests are: nobody asks in which minute, and there are many tools.
"""


def _made(owner: str, prefix: str) -> UsageTables:
    return UsageTables(
        owner=owner,
        used=Table(
            f"{owner.removesuffix('_id')}_usage",
            metadata,
            workspace_column(),
            Column(owner, Text, primary_key=True),
            Column("first_used_at", BigInteger, nullable=False),
            Column("last_used_at", BigInteger, nullable=False),
            Column("last_address", Text),
            *_of(owner),
            # Lists of keys ask by it; those of connections are short.
            *([Index(None, "workspace_id", "last_used_at")] if owner == "key_id" else ()),
            sqlite_with_rowid=False,
        ),
        verdicts=_counts(f"{prefix}verdict_counts", owner, "verdict"),
        scopes=_counts(f"{prefix}scope_counts", owner, "scope"),
        scope_used=Table(
            f"{prefix}scope_usage",
            metadata,
            workspace_column(),
            Column(owner, Text, primary_key=True),
            Column("scope", Text, primary_key=True),
            Column("first_used_at", BigInteger, nullable=False),
            Column("last_used_at", BigInteger, nullable=False),
            *_of(owner),
            sqlite_with_rowid=False,
        ),
        refusals=Table(
            f"{owner.removesuffix('_id')}_refusals",
            metadata,
            Column("id", Integer, primary_key=True),
            workspace_column(),
            Column(owner, Text, nullable=False),
            Column("at", BigInteger, nullable=False),
            Column("verdict", Text, nullable=False),
            Column("address", Text),
            Column("user_agent", Text, nullable=False),
            Column("method", Text, nullable=False),
            Column("path", Text, nullable=False),
            Column("request_id", Text, nullable=False),
            *([Column("tool", Text)] if owner == "connection_id" else ()),
            *_of(owner),
            Index(None, "workspace_id", owner, "at"),
            # A request id says its instant; and which of the dead are still used is read from here
            # alone. The instant comes first: by workspace first, SQLite would walk through all of
            # one's for a key.
            Index(
                f"ix_{owner.removesuffix('_id')}_refusals_recent",
                "at",
                "workspace_id",
                "verdict",
                owner,
            ),
        ),
        callers=Table(
            f"{owner.removesuffix('_id')}_callers",
            metadata,
            workspace_column(),
            Column(owner, Text, primary_key=True),
            # Empty where the transport has none, or none was sent.
            Column("address", Text, primary_key=True),
            Column("user_agent", Text, primary_key=True),
            Column("first_at", BigInteger, nullable=False),
            Column("last_at", BigInteger, nullable=False),
            Column("count", BigInteger, nullable=False),
            *_of(owner),
            sqlite_with_rowid=False,
        ),
        tools=tool_counts if owner == "connection_id" else None,
        # Who would have been refused by what is only observed.
        observed=Table(
            f"{owner.removesuffix('_id')}_observed",
            metadata,
            workspace_column(),
            Column(owner, Text, primary_key=True),
            Column("verdict", Text, primary_key=True),
            Column("address", Text, primary_key=True),
            Column("user_agent", Text, primary_key=True),
            Column("method", Text, primary_key=True),
            Column("path", Text, primary_key=True),
            Column("first_at", BigInteger, nullable=False),
            Column("last_at", BigInteger, nullable=False),
            Column("count", BigInteger, nullable=False),
            *_of(owner),
            sqlite_with_rowid=False,
        ),
    )


def _counts(name: str, owner: str, counted: str) -> Table:
    """Return a table of counts over spans of time: minutes, of old ones hours, of older ones days.

    Each request is counted in one span only, so that sums need not know which.
    """
    return Table(
        name,
        metadata,
        workspace_column(),
        Column(owner, Text, primary_key=True),
        Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
        Column("span_ms", BigInteger, primary_key=True, autoincrement=False),
        Column(counted, Text, primary_key=True),
        Column("count", BigInteger, nullable=False),
        *_of(owner),
        Index(None, "span_ms", "starts_at"),
        sqlite_with_rowid=False,
    )


def _of(owner: str) -> list[ForeignKeyConstraint]:
    return of_key(owner) if owner == "key_id" else of_connection()


OF_KEYS = _made("key_id", "")
OF_CONNECTIONS = _made("connection_id", "connection_")

key_usage = OF_KEYS.used
verdict_counts = OF_KEYS.verdicts
scope_counts = OF_KEYS.scopes
scope_usage = OF_KEYS.scope_used
key_refusals = OF_KEYS.refusals
connection_usage = OF_CONNECTIONS.used
key_callers = OF_KEYS.callers
