"""What a restore removed, as far as others have to know: see `store.operations.restore`."""

import json

from sqlalchemy import Connection, Table, delete, func, select

from store.persistence.schema import tombstones


def row_key(*parts: object) -> str:
    """Return a row's primary key as a tombstone has it, as SQLite's json_array writes it."""
    return json.dumps(parts, separators=(",", ":"))


def forget_gone(connection: Connection, table: Table, *key: object) -> None:
    """Let a row of a table that a restore removed never come back."""
    connection.execute(
        delete(tombstones).where(
            tombstones.c.of_table == table.name, tombstones.c.row_key == row_key(*key)
        )
    )


def unused_id(connection: Connection, table: Table) -> dict[str, int]:
    """Return the id a new row has to have, where the next one was one's that a restore removed.

    When that comes back, each of the two is to be itself still.
    """
    gone = highest_gone(connection, table)
    if gone <= (connection.scalar(select(func.max(table.c.id))) or 0):
        return {}
    return {"id": gone + 1}


def highest_gone(connection: Connection, table: Table) -> int:
    """Return the highest id of the rows of a table that are gone; 0 without any."""
    keys = connection.execute(
        select(tombstones.c.row_key).where(tombstones.c.of_table == table.name)
    )
    return max((json.loads(key)[0] for key in keys.scalars()), default=0)
