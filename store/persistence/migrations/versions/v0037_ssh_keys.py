"""SSH keys that let people in stand in the store, and end with the person."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ssh_keys",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("console", sa.Boolean(), nullable=False),
        sa.Column("looks_only", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_ssh_keys_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_ssh_keys_workspace_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_ssh_keys")),
    )
    op.create_index(op.f("ix_ssh_keys_person_id"), "ssh_keys", ["person_id"], unique=False)
