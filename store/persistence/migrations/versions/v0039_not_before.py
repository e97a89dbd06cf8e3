"""Keys may begin to work at a later time."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the column, its index, and what tells of a change."""
    op.add_column("keys", sa.Column("not_before", sa.BigInteger(), nullable=True))
    there = sa.text("not_before IS NOT NULL")
    op.create_index(
        "ix_keys_not_before",
        "keys",
        ["workspace_id", "not_before"],
        sqlite_where=there,
        postgresql_where=there,
    )
    replace_rules(revision)
