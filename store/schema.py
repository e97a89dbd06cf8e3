"""The tables, as SQLAlchemy Core sees them. Migrations make them; a test keeps the two alike.

Instants are UTC milliseconds. Every table of business data names its workspace, and foreign keys
carry it along, so that no row can point into another workspace.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = "0001"
"""The migration this code is written for; a test compares it with Alembic's head."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _workspace() -> Column[int]:
    return Column("workspace_id", Integer, ForeignKey("workspaces.id"), nullable=False)


settings = Table(
    "settings",
    metadata,
    Column("id", Integer, primary_key=True),
    CheckConstraint("id = 1", name="one_row"),
    Column("prefix", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
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
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
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

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("expires_at", BigInteger),
    Column("lifetime_ms", BigInteger),
    Column("rotate_every_days", Integer),
    Column("confirmed_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Integer, ForeignKey("people.id")),
    Column("revoke_reason", Text),
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "id"),
    CheckConstraint("length(id) = 12", name="id_length"),
    CheckConstraint("length(digest) = 32", name="digest_length"),
    CheckConstraint("scopes <> ''", name="scopes_some"),
    CheckConstraint("rotate_every_days > 0", name="rotate_every_days"),
    Index(None, "workspace_id", "name_folded", "id"),
    Index(None, "workspace_id", "created_at", "id"),
    # One row is one B-tree entry: the verifier's read by primary key has nothing to follow.
    sqlite_with_rowid=False,
)


def _of_key(*columns: str) -> list[ForeignKeyConstraint]:
    return [
        ForeignKeyConstraint(["workspace_id", column], ["keys.workspace_id", "keys.id"])
        for column in columns
    ]


rotations = Table(
    "rotations",
    metadata,
    Column("id", Integer, primary_key=True),
    _workspace(),
    Column("predecessor_id", Text, nullable=False),
    Column("successor_id", Text, nullable=False, unique=True),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("overlap_ends_at", BigInteger),
    Column("token", Text),
    UniqueConstraint("workspace_id", "token"),
    *_of_key("predecessor_id", "successor_id"),
    Index(None, "workspace_id", "predecessor_id"),
)

key_holders = Table(
    "key_holders",
    metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("how", Text, primary_key=True),
    CheckConstraint("how IN ('created', 'shown', 'custodian')", name="how"),
    Column("since", BigInteger, nullable=False),
    *_of_key("key_id"),
    Index(None, "person_id"),
)

key_usage = Table(
    "key_usage",
    metadata,
    _workspace(),
    Column("key_id", Text, primary_key=True),
    Column("first_used_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Column("last_address", Text),
    *_of_key("key_id"),
    sqlite_with_rowid=False,
)

key_minutes = Table(
    "key_minutes",
    metadata,
    _workspace(),
    Column("key_id", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("verdict", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    *_of_key("key_id"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    _workspace(),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", Integer, ForeignKey("people.id")),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("pepper", Text, ForeignKey("peppers.fingerprint"), nullable=False),
    Column("previous_mac", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    UniqueConstraint("workspace_id", "seq"),
    Index(None, "workspace_id", "subject", "seq"),
    # Ids of rows are never given out twice, not even after the last one is gone.
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    _workspace(),
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
    _workspace(),
    Column("event_id", Text),
    Column("customer", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", Text, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint("status IN ('draft', 'sent', 'accepted', 'declined')", name="status"),
    UniqueConstraint("workspace_id", "id"),
    ForeignKeyConstraint(["workspace_id", "event_id"], ["events.workspace_id", "events.id"]),
)
