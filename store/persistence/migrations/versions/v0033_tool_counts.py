"""What an assistant did is told by tool: its calls of each day, and of a refused one which."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make the table of calls, and let a refusal name the tool."""
    op.create_table(
        "tool_counts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            name=op.f("fk_tool_counts_workspace_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_tool_counts_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "connection_id", "starts_at", "tool", "outcome", name=op.f("pk_tool_counts")
        ),
        sqlite_with_rowid=False,
    )
    op.add_column("connection_refusals", sa.Column("tool", sa.Text(), nullable=True))
