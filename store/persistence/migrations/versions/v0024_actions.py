"""A resource may have more actions than read and write; those that are there have these two."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Say of each resource what can be granted on it."""
    op.add_column(
        "resources", sa.Column("actions", sa.Text(), server_default="read write", nullable=False)
    )
