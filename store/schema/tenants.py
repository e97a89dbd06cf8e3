"""The store itself, its workspaces, and the people in them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from store.schema.base import metadata

settings = Table(
    "settings",
    metadata,
    Column("id", Integer, primary_key=True),
    CheckConstraint("id = 1", name="one_row"),
    Column("prefix", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # While a restored store waits for its operator, its keys open nothing.
    Column("restored_at", BigInteger),
    Column("leak_policy", Text, nullable=False, server_default="report"),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    CheckConstraint("id = 1", name="one_row"),
    Column("value", BigInteger, nullable=False),
)

peppers = Table(
    "peppers",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("added_at", BigInteger, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("plan", Text, nullable=False),
    CheckConstraint("plan IN ('free', 'pro')", name="plan"),
    Column("created_at", BigInteger, nullable=False),
    Column("colour", Text),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text),
    Column("password_hash", Text),
    Column("enrolment_digest", LargeBinary),
    Column("enrolment_expires_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("last_sign_in_at", BigInteger),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("role", Text, nullable=False),
    CheckConstraint("role IN ('admin', 'member')", name="role"),
    Column("joined_at", BigInteger, nullable=False),
    Index(None, "person_id"),
)

# How somebody looked at a list last. No rule depends on it, and no secret is in it.
key_views = Table(
    "key_views",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("filter", Text, nullable=False),
    Column("sort", Text, nullable=False),
    Column("descending", Boolean, nullable=False),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("email_digest", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

resources = Table(
    "resources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("builtin", Boolean, nullable=False),
)
