"""Somebody who has signed in may stay so for some minutes, on one machine."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add what is kept of it."""
    op.add_column("people", sa.Column("login_digest", sa.LargeBinary(), nullable=True))
    op.add_column("people", sa.Column("login_expires_at", sa.BigInteger(), nullable=True))
