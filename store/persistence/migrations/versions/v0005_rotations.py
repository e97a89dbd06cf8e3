"""Who calls with a key, and when a rotated one would have expired without its rotation."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, and fill the column for the rotations that are there."""
    op.create_table(
        "key_callers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_key_callers_workspace_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_key_callers_workspace_id")
        ),
        sa.PrimaryKeyConstraint("key_id", "address", "user_agent", name=op.f("pk_key_callers")),
        sqlite_with_rowid=False,
    )
    op.add_column("rotations", sa.Column("expires_before", sa.BigInteger(), nullable=True))
    # Of an older rotation nobody kept it. A key lives for its lifetime at the least, or longer
    # where it was extended: this is never later than it was, and NULL only where it was never.
    op.execute(
        "UPDATE rotations SET expires_before = ("
        " SELECT CASE WHEN k.expires_at > k.created_at + k.lifetime_ms THEN k.expires_at"
        " ELSE k.created_at + k.lifetime_ms END FROM keys k"
        " WHERE k.workspace_id = rotations.workspace_id AND k.id = rotations.predecessor_id)"
    )
