"""What ends next, is to be rotated next or has a scope is found by an index among what works."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add an index for each of the three: how many keys there are does not matter to any."""
    for name, columns, some in (
        ("ix_keys_ending", ["workspace_id", "expires_at", "id", "revoked_at"], ""),
        (
            "ix_keys_rotation",
            ["workspace_id", "rotate_every_days", "created_at", "id", "expires_at", "revoked_at"],
            " AND rotate_every_days IS NOT NULL",
        ),
        (
            "ix_keys_unrevoked_scopes",
            ["workspace_id", "scopes", "expires_at", "name", "revoked_at"],
            "",
        ),
    ):
        where = sa.text(f"revoked_at IS NULL{some}")
        op.create_index(name, "keys", columns, sqlite_where=where, postgresql_where=where)
