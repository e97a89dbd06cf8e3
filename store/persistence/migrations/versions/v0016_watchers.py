"""SQLite counts every change of a row that a verdict depends on, whoever makes it."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the count, and the watchers that PostgreSQL has had all along."""
    op.add_column(
        "revision", sa.Column("changed_rows", sa.BigInteger(), nullable=False, server_default="0")
    )
    if op.get_bind().dialect.name == "sqlite":
        replace_rules(revision)
