"""Leaked keys, what a report of one does, and an index on the latest refusals."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("keys", sa.Column("leaked_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "settings",
        sa.Column("leak_policy", sa.Text(), server_default="report", nullable=False),
    )
    op.create_index(
        "ix_key_refusals_recent", "key_refusals", ["at", "workspace_id", "verdict", "key_id"]
    )
