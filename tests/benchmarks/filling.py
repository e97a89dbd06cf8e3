"""Stores with as many keys as one likes, filled past the services: one row a commit is slow."""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from sqlalchemy import select

from store.domain.key_string import ALPHABET, ID_LENGTH, mint
from store.domain.times import DAY
from store.persistence.database import sqlite_library
from store.persistence.schema import keys as keys_table
from tests.house import House

WORDS = ("alpha", "bravo", "delta", "echo", "golf", "hotel", "india", "kilo", "lima", "mike",
         "oscar", "papa", "romeo", "tango", "zulu")  # fmt: skip
_REVOKED, _EXPIRED = 0.9, 0.8
"""From which share of the keys on they are revoked, or at least expired."""

Row = dict[str, Any]


def name_of(number: int) -> str:
    """Return the name of a key of the filling. Its number is its place in the default order."""
    return f"{number:07} {WORDS[number % len(WORDS)]}"


Vary = Callable[[Row], Row]
"""Gives a key's row as it is to be, for one of the filling."""


def as_filled(row: Row) -> Row:
    """Return a row as it is."""
    return row


def fill(
    house: House,
    number: int,
    known: int = 0,
    granted: str = "availability:read",
    vary: Vary = as_filled,
) -> list[str]:
    """Bring an empty store to a number of keys and close it; return `known` of the active ones.

    The first eight tenths are active, one tenth has expired, one is revoked; each has a holder,
    and every third was used. Those that are returned lie evenly among the active ones; nobody has
    the others.
    """
    house.create(name_of(0), granted)
    with house.store.database.reading() as connection:
        row = dict(connection.execute(select(keys_table)).mappings().one())
    house.store.close()
    shown: list[str] = []
    rows = (tuple(vary(one).values()) for one in _rows(house, row, number, known, shown))
    also = (
        "INSERT INTO key_holders (workspace_id, key_id, person_id, how, generation, since)"
        " SELECT workspace_id, id, created_by, 'created', generation, created_at FROM keys"
        f" WHERE id <> '{row['id']}'",
        "INSERT INTO key_usage (workspace_id, key_id, first_used_at, last_used_at)"
        f" SELECT workspace_id, id, created_at, created_at + {30 * DAY} FROM keys"
        " WHERE CAST(substr(name, 1, 7) AS INTEGER) % 3 = 1",
    )
    put = _into_file if house.store.database.on_sqlite else _into_server
    put(house, list(row), rows, also)
    return shown


def _rows(house: House, row: Row, number: int, known: int, shown: list[str]) -> Iterator[Row]:
    now = house.clock.now()
    apart = max(1, int(number * _EXPIRED) // known) if known else number
    for one in range(1, number):
        share = one / number
        revoked, expired = share >= _REVOKED, _EXPIRED <= share < _REVOKED
        changed: Row = {
            "id": "".join(random.choices(ALPHABET, k=ID_LENGTH)),
            "name": name_of(one),
            "name_folded": name_of(one),
            "digest": os.urandom(32),
            "created_at": now - 60 * DAY + one,
            "confirmed_at": now,
            "expires_at": now + (-DAY if expired else 90 * DAY),
            "revoked_at": now - DAY if revoked else None,
            "revoked_by": row["created_by"] if revoked else None,
        }
        if len(shown) < known and one % apart == 0:
            minted = mint("jw", changed["id"])
            changed["digest"] = house.store.peppers.digest(minted.key, row["pepper"])
            shown.append(minted.key.reveal())
        yield {**row, **changed}


def _into_file(
    house: House, columns: list[str], rows: Iterator[tuple[Any, ...]], also: tuple[str, ...]
) -> None:
    database = sqlite_library().connect(house.store.database.path)
    # All of it in memory until the end: ids are random, and every page would be written often.
    database.execute("PRAGMA cache_size = -1000000")
    database.execute("PRAGMA synchronous = OFF")
    marks = ", ".join("?" * len(columns))
    database.executemany(f"INSERT INTO keys ({', '.join(columns)}) VALUES ({marks})", rows)
    for statement in also:
        database.execute(statement)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _into_server(
    house: House, columns: list[str], rows: Iterator[tuple[Any, ...]], also: tuple[str, ...]
) -> None:
    address = house.store.database.driver_address()
    with psycopg.connect(**address, autocommit=True) as connection:
        # Without the triggers: they ask of each new key whether it is there already.
        connection.execute("SET session_replication_role = replica")
        with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY keys ({', '.join(columns)}) FROM STDIN".encode()) as copying,
        ):
            for row in rows:
                copying.write_row(row)
        for statement in also:
            connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
