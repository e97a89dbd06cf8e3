"""Rows that a restore removed, as they are written down for the restores after it."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from store.persistence.repositories.tombstones import row_key
from store.persistence.schema import tombstones

_AT_ONCE = 2000
_BYTES = "base64"


def written(row: Mapping[str, Any]) -> str:
    """Return a row as a tombstone keeps it."""
    return json.dumps(
        {
            name: {_BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes) else value
            for name, value in row.items()
        }
    )


def read(content: str) -> dict[str, Any]:
    """Return the row of a tombstone, by column: those that its table had then."""
    return {
        name: base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
        for name, value in json.loads(content).items()
    }


def unearth(connection: Connection, table: Table) -> str:
    """Make a temporary table of all that is known of a table's rows that are not there now.

    By the tombstones of the replaced store, else by those of the copy. Returns its name.
    """
    name = f"temp.gone_{table.name}"
    columns = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE gone_{table.name}"
        f" ({', '.join(columns)}, PRIMARY KEY ({', '.join(keys)}))"
    )
    for schema in ("replaced", "copy"):
        found = connection.execute(
            text(f"SELECT content FROM {schema}.tombstones WHERE of_table = :it"),  # noqa: S608
            {"it": table.name},
        ).yield_per(_AT_ONCE)
        for some in found.partitions():
            rows = [read(row.content) for row in some]
            connection.exec_driver_sql(
                f"INSERT OR IGNORE INTO {name} ({', '.join(columns)})"  # noqa: S608
                f" VALUES ({', '.join('?' * len(columns))})",
                [tuple(row.get(column) for column in columns) for row in rows],
            )
    there = " AND ".join(f"r.{key} = g.{key}" for key in keys)
    connection.exec_driver_sql(
        f"DELETE FROM {name} AS g"  # noqa: S608
        f" WHERE EXISTS (SELECT 1 FROM replaced.{table.name} r WHERE {there})"
    )
    return name


def bury(connection: Connection, table: Table, sources: Iterable[str]) -> None:
    """Write down the rows of some tables that are not in the restored one."""
    keys = [column.name for column in table.primary_key]
    there = " AND ".join(f"m.{key} = s.{key}" for key in keys)
    columns = ", ".join(f"s.{column.name}" for column in table.columns)
    for source in sources:
        found = connection.exec_driver_sql(
            f"SELECT {columns} FROM {source} s"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT 1 FROM main.{table.name} m WHERE {there})"
        ).mappings()
        for some in found.yield_per(_AT_ONCE).partitions():
            connection.execute(
                insert(tombstones),
                [
                    {
                        "of_table": table.name,
                        "row_key": row_key(*(row[key] for key in keys)),
                        "content": written(dict(row)),
                    }
                    for row in some
                ],
            )
