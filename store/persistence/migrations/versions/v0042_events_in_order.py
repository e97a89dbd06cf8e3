"""Pages of events come in their order from an index, and are not sorted."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Let the index of when events begin have the whole order of their lists."""
    columns = ["workspace_id", "starts_at", "id"]
    op.create_index("ix_events_workspace_id_starts_at_id", "events", columns)
    op.drop_index("ix_events_workspace_id_starts_at", "events")
