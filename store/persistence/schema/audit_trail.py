"""Who did what, when."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.domain.audit.actions import Action
from store.persistence.schema.base import metadata, partial, workspace_column

_ARCHIVED = f"action = '{Action.AUDIT_ARCHIVED}'"
_RENAMED = f"action = '{Action.KEY_RENAMED}'"

audit = Table(
    "audit",
    metadata,
    # On PostgreSQL whoever may add an entry may also use ids up: so many that nobody can.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    workspace_column(),
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
    # By which the rules know what was archived.
    Index(
        "ix_audit_archived",
        "workspace_id",
        "seq",
        **partial(_ARCHIVED),
    ),
    # By which a name of before leads to its key.
    Index(
        "ix_audit_renamed",
        "workspace_id",
        "seq",
        **partial(_RENAMED),
    ),
    # Ids of rows are never given out twice, not even after the last one is gone.
    sqlite_autoincrement=True,
)
