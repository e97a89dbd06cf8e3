"""Keys and connections may be used from some networks only, observed or enforced."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the columns, the tables of who would have been refused, and what tells of a change."""
    op.add_column("keys", sa.Column("networks", sa.Text(), nullable=True))
    op.add_column("connections", sa.Column("networks", sa.Text(), nullable=True))
    op.add_column(
        "verifiers",
        sa.Column("proxied", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    limited = sa.text("networks IS NOT NULL")
    op.create_index(
        "ix_keys_networks",
        "keys",
        ["workspace_id", "networks"],
        sqlite_where=limited,
        postgresql_where=limited,
    )
    for owner, table in (("key", "keys"), ("connection", "connections")):
        name, owner_id = f"{owner}_observed", f"{owner}_id"
        which = ("verdict", "address", "user_agent", "method", "path")
        op.create_table(
            name,
            sa.Column("workspace_id", sa.Integer(), nullable=False),
            sa.Column(owner_id, sa.Text(), nullable=False),
            *(sa.Column(column, sa.Text(), nullable=False) for column in which),
            sa.Column("first_at", sa.BigInteger(), nullable=False),
            sa.Column("last_at", sa.BigInteger(), nullable=False),
            sa.Column("count", sa.BigInteger(), nullable=False),
            sa.ForeignKeyConstraint(
                ["workspace_id", owner_id],
                [f"{table}.workspace_id", f"{table}.id"],
                name=op.f(f"fk_{name}_workspace_id_{owner_id}"),
            ),
            sa.ForeignKeyConstraint(
                ["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{name}_workspace_id")
            ),
            sa.PrimaryKeyConstraint(owner_id, *which, name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    replace_rules(revision)
