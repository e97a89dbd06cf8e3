"""The revision and the audit count by one, and no rule can be led to another's tables."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Replace every rule; let the audit's ids not run out on PostgreSQL."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit", "id", type_=sa.BigInteger())
        op.execute("ALTER SEQUENCE audit_id_seq AS bigint")
    replace_rules(revision)
