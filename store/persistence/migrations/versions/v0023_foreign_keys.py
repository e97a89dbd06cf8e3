"""Keys that somebody else made can be brought along, each value once and for good."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables, the column that tells which wait to be presented, and their rules."""
    op.create_table(
        "foreign_digests",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_foreign_digests_digest_length")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["keys.workspace_id", "keys.id"],
            name=op.f("fk_foreign_digests_workspace_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_foreign_digests_workspace_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_foreign_digests")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_foreign_digests_workspace_id_key_id", "foreign_digests", ["workspace_id", "key_id"]
    )
    op.create_table(
        "foreign_shapes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("pepper", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("shortest", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("longest", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["pepper"], ["peppers.fingerprint"], name=op.f("fk_foreign_shapes_pepper")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_foreign_shapes_workspace_id")
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "hash",
            "pepper",
            "prefix",
            "shortest",
            "longest",
            name=op.f("pk_foreign_shapes"),
        ),
    )
    op.add_column("keys", sa.Column("foreign_hash", sa.Text(), nullable=True))
    waiting = sa.text("foreign_hash IS NOT NULL")
    op.create_index(
        "ix_keys_foreign",
        "keys",
        ["workspace_id", "foreign_hash"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    replace_rules(revision)
