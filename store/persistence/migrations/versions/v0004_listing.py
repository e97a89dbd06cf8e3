"""An index that holds all a list of keys is filtered, sorted and counted by."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Put the wider index in the place of the one by name."""
    op.create_index(
        "ix_keys_listing",
        "keys",
        ["workspace_id", "name_folded", "id", "revoked_at", "expires_at", "confirmed_at"],
    )
    op.drop_index("ix_keys_workspace_id_name_folded_id", "keys")
