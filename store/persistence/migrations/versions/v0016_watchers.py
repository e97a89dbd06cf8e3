"""SQLite raises the revision itself at every change that a verdict depends on."""

from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the watchers that PostgreSQL has had all along."""
    if op.get_bind().dialect.name == "sqlite":
        replace_rules(revision)
