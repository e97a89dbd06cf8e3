"""Who has left, and what was decided about the keys they may know."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from store.persistence.schema.base import metadata, of_key, workspace_column

offboardings = Table(
    "offboardings",
    metadata,
    Column("id", Integer, primary_key=True),
    workspace_column(),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("finished_at", BigInteger),
    Column("finished_by", Integer, ForeignKey("people.id")),
    UniqueConstraint("workspace_id", "id"),
    Index(None, "workspace_id", "person_id"),
)

# One row for each key that was known, from the first step on; the decision follows.
offboarding_keys = Table(
    "offboarding_keys",
    metadata,
    workspace_column(),
    Column("offboarding_id", Integer, primary_key=True, autoincrement=False),
    Column("key_id", Text, primary_key=True),
    Column("ways", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("decision", Text),
    Column("reason", Text),
    Column("successor_id", Text),
    Column("decided_at", BigInteger),
    Column("decided_by", Integer, ForeignKey("people.id")),
    CheckConstraint("decision IN ('rotate', 'revoke', 'keep')", name="decision"),
    ForeignKeyConstraint(
        ["workspace_id", "offboarding_id"], ["offboardings.workspace_id", "offboardings.id"]
    ),
    *of_key("key_id", "successor_id"),
    Index(None, "workspace_id", "key_id"),
)
