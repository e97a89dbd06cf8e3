"""Which keys were revoked is read from an index of them alone, in the order of their names."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the index: without one, those that are left of a list are looked for among all keys."""
    revoked = sa.text("revoked_at IS NOT NULL")
    op.create_index(
        "ix_keys_revoked",
        "keys",
        ["workspace_id", "name_folded", "id", "revoked_at"],
        sqlite_where=revoked,
        postgresql_where=revoked,
    )
