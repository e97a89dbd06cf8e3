"""SQLite notes down what each change is about, so that a verifier forgets nothing else."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the notes, and let the watchers write them."""
    op.create_table(
        "changed_subjects",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changed_subjects")),
    )
    if op.get_bind().dialect.name == "sqlite":
        replace_rules(revision)
