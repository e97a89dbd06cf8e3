"""Keys can be stopped, and go on: one by one, or all of a workspace."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make their table, and watch over it: verdicts depend on each row."""
    op.create_table(
        "stops",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('key', 'owner', 'label', 'workspace')", name=op.f("ck_stops_kind")
        ),
        sa.ForeignKeyConstraint(["stopped_by"], ["people.id"], name=op.f("fk_stops_stopped_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_stops_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "value", name="pk_stops"),
        sqlite_with_rowid=False,
    )
    replace_rules(revision)
