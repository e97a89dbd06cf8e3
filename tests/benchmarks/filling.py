"""Stores with as many keys as one likes, filled by a few statements past the services.

A key of the filling has a number, from 1 on, and all that it is follows from that: `n` in SQL that
both engines understand. A million takes seconds; row by row, past each rule and into each index,
it would be minutes.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

import psycopg
from sqlalchemy import select

from store.credentials.peppers import Peppers
from store.domain.key_string import ALPHABET, SECRET_LENGTH, Secret, checksum
from store.domain.times import DAY
from store.persistence.database import sqlite_library
from store.persistence.schema import keys as keys_table
from tests.house import House

Rows = Mapping[str, Iterable[Sequence[object]]]
"""By a table and its columns, as an INSERT names them."""

WORDS = ("alpha", "bravo", "delta", "echo", "golf", "hotel", "india", "kilo", "lima", "mike",
         "oscar", "papa", "romeo", "tango", "zulu")  # fmt: skip
_EXPIRED, _REVOKED = 8, 9
"""Tenths of the keys: after so many all have expired, and after so many all are revoked."""

NUMBERED = "(SELECT CAST(substr(name, 1, 7) AS BIGINT) AS n, keys.* FROM keys) AS numbered"
"""Every key of a filling with its number, for statements that go on from there."""
# They begin with a letter, so that nobody who looks for a number finds one; no two are the same,
# and they lie everywhere among each other.
_ID = ("k", 100_000_000_000, 98_245_165_361)
_DIGEST = {"sqlite": "randomblob(32)", "postgresql": "sha256(convert_to('key' || n, 'UTF8'))"}
_GIVEN = {
    "sqlite": "CREATE TEMPORARY TABLE given (id TEXT, digest BLOB)",
    "postgresql": "CREATE TEMPORARY TABLE given (id TEXT, digest BYTEA)",
}
_MADE = {
    "sqlite": """
SELECT type, name, sql FROM sqlite_schema WHERE type = 'trigger'
OR type = 'index' AND sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite%'
""",
    "postgresql": """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)
""",
}
"""What would be in the way of so many rows, and how it is made again: rules, indexes."""
_TAKEN = """
UPDATE keys SET digest = given.digest FROM given WHERE keys.id = given.id
"""


def name_of(number: int) -> str:
    """Return the name of a key of the filling. Its number is its place in the default order."""
    return f"{number:07} {WORDS[number % len(WORDS)]}"


def id_of(number: int) -> str:
    """Return the id of a key of the filling."""
    letter, most, factor = _ID
    return f"{letter}{number * factor % most:011}"


def drawn(stream: int, most: int) -> str:
    """Return as SQL a number below `most` that looks drawn for `n`, as it did at each run before.

    What is drawn by two streams is not alike.
    """
    factor = 7919 + 104_729 * stream
    return f"(n * {factor} % 1000003 * (n * {factor} % 1000003) % 998244353 % {most})"


def fill(
    house: House,
    number: int,
    known: int = 0,
    granted: str = "availability:read",
    varied: Mapping[str, str] | None = None,
    last_used_at: str | None = None,
) -> list[str]:
    """Bring an empty store to a number of keys and close it; return `known` of the active ones.

    The first eight tenths are active, one tenth has expired, one is revoked; each has a holder,
    and every third was used. Those that are returned lie evenly among the active ones; nobody has
    the others. `varied` are columns that are to be otherwise, as SQL that tells them by `n`, and so
    is `last_used_at`.
    """
    house.create(name_of(0), granted)
    with house.store.database.reading() as connection:
        row = dict(connection.execute(select(keys_table)).mappings().one())
    house.store.close()
    columns = {name: f"first.{name}" for name in row}
    columns |= _columns(house.store.database.url.get_backend_name(), number, house.clock.now())
    columns |= varied or {}
    last_used_at = last_used_at or f"created_at + {30 * DAY}"
    statements = [
        f"WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1"
        f" FROM numbers WHERE n < {number - 1})"
        f" INSERT INTO keys ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
        " FROM numbers, keys AS first WHERE true",
        "INSERT INTO key_holders (workspace_id, key_id, person_id, how, generation, since)"
        " SELECT workspace_id, id, created_by, 'created', generation, created_at FROM keys"
        f" WHERE id <> '{row['id']}'",
        "INSERT INTO key_usage (workspace_id, key_id, first_used_at, last_used_at)"
        f" SELECT workspace_id, id, created_at, {last_used_at} FROM {NUMBERED} WHERE n % 3 = 1",
    ]
    shown = dict(_known(house.store.peppers, number, known))
    given = _GIVEN[house.store.database.url.get_backend_name()]
    rows = {"given (id, digest)": shown.values()}
    put(house, [given, *(statements if number > 1 else [])], rows, [_TAKEN])
    return list(shown)


def put(
    house: House, before: Sequence[str] = (), rows: Rows | None = None, after: Sequence[str] = ()
) -> None:
    """Execute statements, add rows and execute others, past all rules and into no index yet.

    Nobody may have the store open.
    """
    into = _into_file if house.store.database.on_sqlite else _into_server
    into(house, before, rows or {}, after)


def _columns(engine: str, number: int, now: int) -> dict[str, str]:
    """Return what tells a key of the filling from the first one."""
    letter, most, factor = _ID
    words = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(WORDS))
    key_id = f"'{letter}' || substr(CAST({most} + n * {factor} % {most} AS TEXT), 2)"
    name = f"substr(CAST(10000000 + n AS TEXT), 2) || ' ' || CASE n % {len(WORDS)} {words} END"
    expired, revoked = (f"n * 10 >= {tenths * number}" for tenths in (_EXPIRED, _REVOKED))
    ends = f"CASE WHEN {expired} AND NOT {revoked} THEN {now - DAY} ELSE {now + 90 * DAY} END"
    return {
        "id": key_id,
        "lineage": key_id,
        "name": name,
        "name_folded": name,
        "digest": _DIGEST[engine],
        "created_at": f"{now - 60 * DAY} + n",
        "confirmed_at": f"{now}",
        "expires_at": ends,
        "revoked_at": f"CASE WHEN {revoked} THEN {now - DAY} END",
        "revoked_by": f"CASE WHEN {revoked} THEN first.created_by END",
    }


def _known(peppers: Peppers, number: int, known: int) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield full keys, each with its id and digest."""
    apart = max(1, number * _EXPIRED // 10 // known) if known else number
    for place in range(1, known + 1):
        if place * apart >= number:
            break
        key_id = id_of(place * apart)
        # `secrets` takes an eighth of a second for a thousand of them.
        body = f"jw_{key_id}_{''.join(random.choices(ALPHABET, k=SECRET_LENGTH))}"
        key = body + checksum(body)
        yield key, (key_id, peppers.digest(Secret(key), peppers.newest))


def _into_file(house: House, before: Sequence[str], rows: Rows, after: Sequence[str]) -> None:
    database = sqlite_library().connect(house.store.database.path, isolation_level=None)
    # All of it in memory until the end: ids are random, and every page would be written often.
    database.execute("PRAGMA cache_size = -1000000")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    made = database.execute(_MADE["sqlite"]).fetchall()
    for kind, name, _ in made:
        database.execute(f"DROP {kind} {name}")
    for statement in before:
        database.execute(statement)
    for place, given in rows.items():
        marks = ", ".join("?" * (1 + place.count(",")))
        database.executemany(f"INSERT INTO {place} VALUES ({marks})", given)
    for statement in after:
        database.execute(statement)
    for *_, again in made:
        database.execute(again)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _into_server(house: House, before: Sequence[str], rows: Rows, after: Sequence[str]) -> None:
    address = house.store.database.driver_address()
    with psycopg.connect(**address, autocommit=True) as connection:
        # Without the triggers: they ask of each new key whether it is there already.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        made = connection.execute(_MADE["postgresql"].encode()).fetchall()
        for name, _ in made:
            connection.execute(f"DROP INDEX {name}".encode())
        for statement in before:
            connection.execute(statement.encode())
        for place, given in rows.items():
            copy = f"COPY {place} FROM STDIN".encode()
            with connection.cursor() as cursor, cursor.copy(copy) as copying:
                for row in given:
                    copying.write_row(row)
        for statement in after:
            connection.execute(statement.encode())
        for _, again in made:
            connection.execute(again.encode())
        connection.execute("VACUUM (ANALYZE)")
