"""Keys of which another system kept a password's hash can be brought along."""

import sqlalchemy as sa
from alembic import op

from store.persistence.migrations.frozen import replace_rules

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Say of a value how it is proven, and by what from then on."""
    op.add_column("foreign_digests", sa.Column("guard", sa.Text(), nullable=True))
    op.add_column("foreign_digests", sa.Column("arrived", sa.Text(), nullable=True))
    replace_rules(revision)
