"""What the verifiers counted."""

from sqlalchemy import BigInteger, Column, Table, Text

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

key_minutes = Table(
    "key_minutes",
    metadata,
    workspace_column(),
    Column("key_id", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("verdict", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    *of_key("key_id"),
    sqlite_with_rowid=False,
)
