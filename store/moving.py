"""Moving a whole store to another engine: every row as it stands at one instant, or nothing.

What is written is one transaction on the new store. Whatever stops it leaves the new place as it
was, so the next run starts clean: half a store, with a part of the revocations, never exists.
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, Table, delete, func, insert, select, text, update

from store.database import Database
from store.errors import CopyDiffers, StoreChanged, StoreTaken
from store.migrations import run
from store.opening import check_version, private_file
from store.progress import Progress, unseen
from store.schema import PASSING, audit, metadata, resources, revision

_ROWS_AT_ONCE = 1000
_TABLES = [table for table in metadata.sorted_tables if table not in PASSING]


@dataclass(frozen=True, slots=True)
class Copied:
    """A table of the new store, read again and found equal to that of the old one."""

    table: str
    rows: int
    digest: str
    """SHA-256 over its rows in the order of their keys, in hexadecimal."""


def copy_store(source: str, target: str, progress: Progress = unseen) -> list[Copied]:
    """Copy a store to a place that holds none, on the same engine or another.

    The old store is read at one instant and stays as it is. Every row that was written is read
    again. The pepper is not part of a store: it moves by hand.

    Raises StoreTaken for a target that holds a store, StoreChanged when somebody changed the old
    one meanwhile, CopyDiffers when what was read again differs, StoreUnusable otherwise.
    """
    with ExitStack() as open_ones:
        old = open_ones.enter_context(closing(Database(source)))
        new = open_ones.enter_context(closing(Database(target, create=True)))
        here = open_ones.enter_context(old.reading())
        check_version(old, here)
        if new.on_sqlite:
            private_file(new.path)
        with new.making() as there:
            if run.version(there) is not None:
                raise StoreTaken(new.place)
            run.upgrade(there)
            copied = list(_tables(here, there, progress))
            _count_on(there)
            # Whoever revokes a key in the old store from here on must know that it is the old one.
            with old.reading() as again:
                if _instant(again) != _instant(here):
                    raise StoreChanged(old.place)
    return copied


def _tables(here: Connection, there: Connection, progress: Progress) -> Iterator[Copied]:
    counts = [here.scalar(select(func.count()).select_from(table)) or 0 for table in _TABLES]
    done, total = 0, 2 * sum(counts)
    # The new schema brings its own.
    there.execute(delete(resources))
    for table, count in zip(_TABLES, counts, strict=True):
        wanted, found = hashlib.sha256(), hashlib.sha256()
        with closing(_batches(here, table)) as batches:
            for rows in batches:
                progress(done, total, table.name)
                _digest(wanted, rows)
                _write(there, table, rows)
                done += len(rows)
        read = 0
        with closing(_batches(there, table)) as batches:
            for rows in batches:
                progress(done, total, f"{table.name}, checking")
                _digest(found, rows)
                done, read = done + len(rows), read + len(rows)
        if (read, found.digest()) != (count, wanted.digest()):
            raise CopyDiffers(table.name)
        yield Copied(table.name, count, found.hexdigest())
    progress(total, total, "")


def _batches(
    connection: Connection, table: Table
) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    query, options = select(table).order_by(*table.primary_key), {"yield_per": _ROWS_AT_ONCE}
    with connection.execute(query, execution_options=options) as rows:
        for batch in rows.partitions():
            yield [tuple(row) for row in batch]


def _digest(digest: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    for row in rows:
        digest.update(msgspec.msgpack.encode(row))


def _write(there: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.c]
    given = [dict(zip(names, row, strict=True)) for row in rows]
    if table is revision:
        # It is there from the beginning, and only rises.
        there.execute(update(table).values(value=given[0]["value"]))
    else:
        there.execute(insert(table), given)


def _count_on(there: Connection) -> None:
    """Let the server give out ids that come after those that were copied."""
    if there.dialect.name != "postgresql":
        return
    for table in _TABLES:
        key = table.autoincrement_column
        if key is None or not isinstance(key.type, Integer):
            continue
        highest = there.scalar(select(func.max(key)))
        if highest:
            there.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"),
                {"table": table.name, "column": key.name, "highest": highest},
            )


def _instant(connection: Connection) -> tuple[object, ...]:
    newest = select(func.max(audit.c.id)).scalar_subquery()
    return tuple(connection.execute(select(revision.c.value, newest)).one())
