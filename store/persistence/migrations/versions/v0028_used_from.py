"""Of a refresh token it is kept from which networks it was used."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column."""
    op.add_column("refresh_tokens", sa.Column("used_from", sa.Text(), nullable=True))
