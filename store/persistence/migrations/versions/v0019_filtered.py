"""Keys are filtered by who made them, their scopes, leaks, rotation and last use by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add an index for each of them: most filters find few keys among all."""
    op.create_index("ix_keys_workspace_id_created_by", "keys", ["workspace_id", "created_by"])
    op.create_index("ix_keys_workspace_id_scopes", "keys", ["workspace_id", "scopes"])
    for name, columns, some in (
        ("ix_keys_leaked", ["workspace_id", "leaked_at"], "leaked_at IS NOT NULL"),
        (
            "ix_keys_rotated",
            ["workspace_id", "created_at", "rotate_every_days"],
            "rotate_every_days IS NOT NULL",
        ),
    ):
        where = sa.text(some)
        op.create_index(name, "keys", columns, sqlite_where=where, postgresql_where=where)
    op.create_index(
        "ix_key_usage_workspace_id_last_used_at", "key_usage", ["workspace_id", "last_used_at"]
    )
