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
    text,
)

from store.domain.key_string import random_base62
from store.persistence.schema.base import metadata, workspace_column


def new_etag() -> str:
    """Return an entity tag (RFC 9110 8.8.3) that nothing ever had, without its quotes.

    Random: one made of what a thing holds would let whoever may write and not read guess at it,
    and one that counts would come again once a store is restored.
    """
    return random_base62(16)


def _etag() -> Column[str]:
    return Column(
        "etag",
        Text,
        nullable=False,
        default=new_etag,
        onupdate=new_etag,
        server_default=text("''"),
    )


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
    _etag(),
    CheckConstraint("status IN ('option', 'confirmed', 'cancelled')", name="status"),
    UniqueConstraint("workspace_id", "id"),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    CheckConstraint("guests >= 0", name="guests"),
    # In the order of lists: without the id each page would sort what begins at one instant.
    Index(None, "workspace_id", "starts_at", "id"),
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
    _etag(),
    CheckConstraint("status IN ('draft', 'sent', 'accepted', 'declined')", name="status"),
    UniqueConstraint("workspace_id", "id"),
    ForeignKeyConstraint(["workspace_id", "event_id"], ["events.workspace_id", "events.id"]),
)

BUSINESS = (events, quotes)
"""The tables of resources: their rights and what a restore makes of them are the same for all."""
