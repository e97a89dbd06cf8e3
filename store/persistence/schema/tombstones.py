"""What a restore removed, for the restores after it."""

from sqlalchemy import Column, Table, Text

from store.persistence.schema.base import metadata

# Rows that the restored copy did not know. A later restore, of a copy that knows them, must not
# bring back what ended here: see `store.operations.restore`. They are of no workspace while they
# are gone.
tombstones = Table(
    "tombstones",
    metadata,
    Column("of_table", Text, primary_key=True),
    # The row's primary key, and all of the row, in JSON.
    Column("row_key", Text, primary_key=True),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)
