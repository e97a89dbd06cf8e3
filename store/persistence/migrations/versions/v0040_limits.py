"""How often keys are used may be limited, of each, of an owner's and of all of a workspace."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add the column, the tables of what is shared and of what is used, and what tells of both."""
    op.add_column("keys", sa.Column("limits", sa.Text(), nullable=True))
    limited = sa.text("limits IS NOT NULL")
    op.create_index(
        "ix_keys_limits",
        "keys",
        ["workspace_id", "limits"],
        sqlite_where=limited,
        postgresql_where=limited,
    )
    whose = ("kind", "value")
    op.create_table(
        "limits",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(column, sa.Text(), nullable=False) for column in (*whose, "windows")),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('owner', 'workspace')", name=op.f("ck_limits_kind")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_limits_set_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_limits_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", *whose, name=op.f("pk_limits")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "limit_counts",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(column, sa.Text(), nullable=False) for column in (*whose, "span")),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_limit_counts_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", *whose, "span", "starts_at", "verifier", name=op.f("pk_limit_counts")
        ),
        sqlite_with_rowid=False,
    )
    replace_rules(revision)
