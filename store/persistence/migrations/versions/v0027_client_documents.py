"""Assistants whose id is an address are known to a workspace once an admin has added them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "client_documents",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_client_documents_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_client_documents_added_by")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name=op.f("pk_client_documents")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_documents_client_id", "client_documents", ["client_id"])
