"""An API of one's own has routes: which requests there are, and which scopes each takes."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make their table, and watch over it: a verdict may depend on each row."""
    op.create_table(
        "routes",
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("method", "path", name="pk_routes"),
    )
    replace_rules(revision)
