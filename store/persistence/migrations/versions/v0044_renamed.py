"""A name of before leads to the key that had it, however long an audit is."""

from alembic import op
from sqlalchemy import text

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Let an index find what was renamed."""
    renamed = text("action = 'key.renamed'")
    op.create_index(
        "ix_audit_renamed",
        "audit",
        ["workspace_id", "seq"],
        sqlite_where=renamed,
        postgresql_where=renamed,
    )
