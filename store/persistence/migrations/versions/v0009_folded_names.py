"""People's names as they are looked for: an engine folds no letters but its own idea of them."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column and fold the names that are there."""
    op.add_column("people", sa.Column("name_folded", sa.Text(), nullable=True))
    people = sa.table("people", sa.column("id"), sa.column("name"), sa.column("name_folded"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(people.c.id, people.c.name)).all():
        connection.execute(
            sa.update(people).where(people.c.id == row.id).values(name_folded=_fold(row.name))
        )


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
