"""Stores with as many keys as one likes, filled past the services: one row a commit is slow."""

import os
from typing import Any

from sqlalchemy import select

from store.database import sqlite_library
from store.schema import keys as keys_table
from store.secrets import random_base62
from store.times import DAY
from tests.house import House

WORDS = ("alpha", "bravo", "delta", "echo", "golf", "hotel", "india", "kilo", "lima", "mike",
         "oscar", "papa", "romeo", "tango", "zulu")  # fmt: skip
_REVOKED, _EXPIRED = 0.9, 0.8
"""From which share of the keys on they are revoked, or at least expired."""


def name_of(number: int) -> str:
    """Return the name of a key of the filling. Its number is its place in the default order."""
    return f"{number:07} {WORDS[number % len(WORDS)]}"


def fill(house: House, number: int) -> None:
    """Bring an empty store to a number of keys nobody has, and close it.

    The first eight tenths are active, one tenth has expired, one is revoked; each has a holder,
    and every third was used.
    """
    house.create(name_of(0))
    with house.store.database.reading() as connection:
        row = dict(connection.execute(select(keys_table)).mappings().one())
    house.store.close()
    now = house.clock.now()

    def values(one: int) -> tuple[Any, ...]:
        share = one / number
        revoked, expired = share >= _REVOKED, _EXPIRED <= share < _REVOKED
        changed = {
            "id": random_base62(12),
            "name": name_of(one),
            "name_folded": name_of(one),
            "digest": os.urandom(32),
            "created_at": now - 60 * DAY + one,
            "confirmed_at": now,
            "expires_at": now + (-DAY if expired else 90 * DAY),
            "revoked_at": now - DAY if revoked else None,
            "revoked_by": row["created_by"] if revoked else None,
        }
        return tuple({**row, **changed}.values())

    database = sqlite_library().connect(house.store.database.path)
    # All of it in memory until the end: ids are random, and every page would be written often.
    database.execute("PRAGMA cache_size = -1000000")
    database.execute("PRAGMA synchronous = OFF")
    marks = ", ".join("?" * len(row))
    database.executemany(
        f"INSERT INTO keys ({', '.join(row)}) VALUES ({marks})",
        (values(one) for one in range(1, number)),
    )
    database.execute(
        "INSERT INTO key_holders (workspace_id, key_id, person_id, how, generation, since)"
        " SELECT workspace_id, id, created_by, 'created', generation, created_at FROM keys"
        " WHERE id <> ?",
        (row["id"],),
    )
    database.execute(
        "INSERT INTO key_usage (workspace_id, key_id, first_used_at, last_used_at)"
        " SELECT workspace_id, id, created_at, created_at + ? FROM keys"
        " WHERE CAST(name AS INTEGER) % 3 = 1",
        (30 * DAY,),
    )
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
