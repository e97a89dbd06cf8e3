"""Keys may belong to somebody outside, and have labels."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the columns, their indexes, and what tells of a change: stops may be of either."""
    for column in ("owner", "labels"):
        op.add_column("keys", sa.Column(column, sa.Text(), nullable=True))
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_keys_{column}",
            "keys",
            ["workspace_id", column],
            sqlite_where=there,
            postgresql_where=there,
        )
    replace_rules(revision)
