"""Counts by scope, spans that are rolled up, the latest refusals; a restored store that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the new tables and carry the minutes over."""
    _make_counts("verdict_counts", "verdict")
    _make_counts("scope_counts", "scope")
    op.execute(
        "INSERT INTO verdict_counts (workspace_id, key_id, starts_at, span_ms, verdict, count)"
        " SELECT workspace_id, key_id, minute * 60000, 60000, verdict, count FROM key_minutes"
    )
    op.drop_table("key_minutes")
    op.create_table(
        "scope_usage",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        *_of_key("scope_usage"),
        sa.PrimaryKeyConstraint("key_id", "scope", name=op.f("pk_scope_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        *_of_key("key_refusals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_refusals")),
    )
    op.create_index(
        op.f("ix_key_refusals_workspace_id_key_id_at"),
        "key_refusals",
        ["workspace_id", "key_id", "at"],
        unique=False,
    )
    op.add_column("settings", sa.Column("restored_at", sa.BigInteger(), nullable=True))


def _make_counts(name: str, counted: str) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("span_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(counted, sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        *_of_key(name),
        sa.PrimaryKeyConstraint("key_id", "starts_at", "span_ms", counted, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f(f"ix_{name}_span_ms_starts_at"), name, ["span_ms", "starts_at"], unique=False
    )


def _of_key(table: str) -> list[sa.ForeignKeyConstraint]:
    name = f"fk_{table}_workspace_id"
    return [
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f(f"{name}_key_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(name)),
    ]
