"""Entries of the audit that were archived may go, and no other."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Let the database know what was archived, and keep everything else as it did."""
    archived = sa.text("action = 'audit.archived'")
    op.create_index(
        "ix_audit_archived",
        "audit",
        ["workspace_id", "seq"],
        sqlite_where=archived,
        postgresql_where=archived,
    )
    replace_rules(revision)
