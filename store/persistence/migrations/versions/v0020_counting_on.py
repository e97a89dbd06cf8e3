"""Whether an entry of the audit is the next one is told by the last one, and by no other."""

from store.persistence.migrations.frozen import replace_rules

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Look at the end of an index: PostgreSQL read all entries for each one that was written."""
    replace_rules(revision)
