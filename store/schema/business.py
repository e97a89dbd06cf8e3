"""The sample business data: what keys give access to."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from store.schema.base import metadata, workspace_column

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    workspace_column(),
    Column("name", Text, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("venue", Text),
    Column("guests", Integer),
    Column("status", Text, nullable=False),
    CheckConstraint("status IN ('option', 'confirmed', 'cancelled')", name="status"),
    UniqueConstraint("workspace_id", "id"),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    CheckConstraint("guests >= 0", name="guests"),
    Index(None, "workspace_id", "starts_at"),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", Text, primary_key=True),
    workspace_column(),
    Column("event_id", Text),
    Column("customer", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", Text, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint("status IN ('draft', 'sent', 'accepted', 'declined')", name="status"),
    UniqueConstraint("workspace_id", "id"),
    ForeignKeyConstraint(["workspace_id", "event_id"], ["events.workspace_id", "events.id"]),
)
