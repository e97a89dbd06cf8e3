"""What restores removed, whether a store was confirmed, and where it has moved."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "tombstones",
        sa.Column("of_table", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("of_table", "row_key", name=op.f("pk_tombstones")),
        sqlite_with_rowid=False,
    )
    op.add_column("settings", sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
    op.add_column("settings", sa.Column("moved_to", sa.Text(), nullable=True))
