"""There may be viewers: they look, and change nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_ROLES = "role IN ('admin', 'viewer', 'member')"
_COLUMNS = "workspace_id, person_id, role, joined_at, vouched_by"


def upgrade() -> None:
    """Let a membership have the role."""
    name = op.f("ck_memberships_role")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, "memberships", type_="check")
        op.create_check_constraint(name, "memberships", _ROLES)
        return
    # SQLite changes no constraint of a table that is there.
    op.execute("CREATE TEMPORARY TABLE kept_memberships AS SELECT * FROM memberships")
    op.drop_table("memberships")
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("vouched_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(_ROLES, name=name),
        sa.ForeignKeyConstraint(
            ["vouched_by"], ["people.id"], name=op.f("fk_memberships_vouched_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_memberships_workspace_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.execute(
        f"INSERT INTO memberships ({_COLUMNS}) SELECT {_COLUMNS} FROM kept_memberships"  # noqa: S608
    )
    op.execute("DROP TABLE kept_memberships")
