"""What the verifiers counted."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from store.schema.base import metadata, of_key, workspace_column

key_usage = Table(
    "key_usage",
    metadata,
    workspace_column(),
    Column("key_id", Text, primary_key=True),
    Column("first_used_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Column("last_address", Text),
    *of_key("key_id"),
    sqlite_with_rowid=False,
)


def _counts(name: str, counted: str) -> Table:
    """Return a table of counts over spans of time: minutes, of old ones hours, of older ones days.

    Each request is counted in one span only, so that sums need not know which.
    """
    return Table(
        name,
        metadata,
        workspace_column(),
        Column("key_id", Text, primary_key=True),
        Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
        Column("span_ms", BigInteger, primary_key=True, autoincrement=False),
        Column(counted, Text, primary_key=True),
        Column("count", BigInteger, nullable=False),
        *of_key("key_id"),
        Index(None, "span_ms", "starts_at"),
        sqlite_with_rowid=False,
    )


verdict_counts = _counts("verdict_counts", "verdict")
scope_counts = _counts("scope_counts", "scope")

scope_usage = Table(
    "scope_usage",
    metadata,
    workspace_column(),
    Column("key_id", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("first_used_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    *of_key("key_id"),
    sqlite_with_rowid=False,
)

key_refusals = Table(
    "key_refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    workspace_column(),
    Column("key_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("address", Text),
    Column("user_agent", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    *of_key("key_id"),
    Index(None, "workspace_id", "key_id", "at"),
    # A request id says its instant; and which of the dead are still used is read from here alone.
    # The instant comes first: by workspace first, SQLite would walk through all of one's for a key.
    Index("ix_key_refusals_recent", "at", "workspace_id", "verdict", "key_id"),
)

key_callers = Table(
    "key_callers",
    metadata,
    workspace_column(),
    Column("key_id", Text, primary_key=True),
    # Empty where the transport has none, or none was sent.
    Column("address", Text, primary_key=True),
    Column("user_agent", Text, primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    *of_key("key_id"),
    sqlite_with_rowid=False,
)
