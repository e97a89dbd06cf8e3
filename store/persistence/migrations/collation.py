"""On PostgreSQL every text is compared and sorted by its bytes, as SQLite does by itself.

A database's own collation belongs to its system and changes with it: pages of a list would begin
elsewhere, and two stores would not be alike.
"""

from sqlalchemy import Connection, text

_OTHERS = text(
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'text'"
    " AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)


def sort_by_bytes(connection: Connection) -> None:
    """Give every text column of the store the collation `C`."""
    for table, column in connection.execute(_OTHERS).all():
        connection.exec_driver_sql(
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"'
        )
