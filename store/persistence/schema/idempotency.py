"""What was answered to writes that came with an Idempotency-Key."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from store.persistence.schema.base import metadata, workspace_column

# It goes with the things that were made, in a backup and to another engine: an answer without its
# thing, or a thing without its answer, would let a client that asks again lose one or make two.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    workspace_column(),
    # The first key of a lineage, or a connection: a successor asks again for its predecessor.
    Column("owner", Text, nullable=False),
    Column("operation", Text, nullable=False),
    # SHA-256 of the Idempotency-Key and of what was sent with it, in hexadecimal.
    Column("digest", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    # What was answered.
    Column("status", Integer, nullable=False),
    Column("location", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "owner", "operation", "digest"),
    Index(None, "created_at"),
    sqlite_with_rowid=False,
)
