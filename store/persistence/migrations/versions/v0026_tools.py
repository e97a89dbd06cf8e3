"""An API of one's own has tools: what assistants find of it, and where that is called."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make their table, and watch over it: what a call is judged by may depend on each row."""
    op.create_table(
        "tool_documents",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("upstream", sa.Text(), nullable=False),
        sa.Column("tools", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("title", name="pk_tool_documents"),
    )
    replace_rules(revision)
