"""A key may have a remark, which people read and callers are never told."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Add the column."""
    op.add_column("keys", sa.Column("remark", sa.Text(), nullable=True))
