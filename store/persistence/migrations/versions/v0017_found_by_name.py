"""Keys and connections are found by name, and rotations by age, without reading all there are."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add an index for each way they are looked for: no other sorts out the names of the dead."""
    op.create_index(
        "ix_keys_workspace_id_name_folded_created_at",
        "keys",
        ["workspace_id", "name_folded", "created_at"],
    )
    unrevoked = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_keys_unrevoked_names",
        "keys",
        ["workspace_id", "name_folded", "expires_at", "revoked_at"],
        sqlite_where=unrevoked,
        postgresql_where=unrevoked,
    )
    op.create_index(
        "ix_connections_workspace_id_name_folded_created_at",
        "connections",
        ["workspace_id", "name_folded", "created_at"],
    )
    op.create_index("ix_rotations_workspace_id_id", "rotations", ["workspace_id", "id"])
