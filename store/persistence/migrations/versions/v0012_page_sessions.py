"""Whoever signs in to approve a connection is given a secret that nobody had before."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add what is kept of it."""
    op.add_column("asks", sa.Column("session_digest", sa.LargeBinary(), nullable=True))
