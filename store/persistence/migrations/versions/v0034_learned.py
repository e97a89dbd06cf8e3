"""What somebody learned last is found by an index, however much they may know."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Let the index of who may know which keys say since when."""
    op.create_index("ix_key_holders_person_id_since", "key_holders", ["person_id", "since"])
    op.drop_index("ix_key_holders_person_id", "key_holders")
