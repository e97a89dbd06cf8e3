"""Entity tags of events and quotes, and answers to writes that are to be done once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_RANDOM = {
    "sqlite": "lower(hex(randomblob(8)))",
    "postgresql": "substr(md5(random()::text || id), 1, 16)",
}


def upgrade() -> None:
    """Add the columns, give everything that is there a tag, and make the table."""
    tag = _RANDOM[op.get_bind().dialect.name]
    for table in ("events", "quotes"):
        op.add_column(
            table, sa.Column("etag", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        op.execute(f"UPDATE {table} SET etag = {tag}")  # noqa: S608
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_idempotency_keys_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "owner", "operation", "digest", name=op.f("pk_idempotency_keys")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False
    )
