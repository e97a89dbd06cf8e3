"""Moving a whole store to another engine: begun, interrupted, gone on with, and finished once.

Rows are compared in the order of their keys with what arrived before, and what differs is written,
in batches that are committed one by one. So whatever stops a copy, the next one goes on from
there, and takes over what was changed in the old store meanwhile. Until every row was read again
in one picture of both stores, the new one has a version that no keydeck opens: half a store, with
a part of the revocations, is never served.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Integer, Table, func, select, text, update
from sqlalchemy.exc import IntegrityError

from store.domain.clock import Clock, SystemClock
from store.errors import (
    CopyDiffers,
    CopyOfAnother,
    CopyOutrun,
    StoreChanged,
    StoreDamaged,
    StoreMoved,
    StoreTaken,
)
from store.operations.move.rows import Row, batches, count, key, level, take_away
from store.operations.open import (
    check_version,
    default_pepper_path,
    let_wait,
    private_file,
)
from store.operations.progress import Progress, unseen
from store.persistence.database import Database, limits
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations import run
from store.persistence.migrations.run import SCHEMA_VERSION
from store.persistence.migrations.triggers import set_revision
from store.persistence.repositories.settings import Settings
from store.persistence.repositories.tombstones import highest_gone
from store.persistence.schema import PASSING, audit, metadata, revision, settings

_TABLES = [table for table in metadata.sorted_tables if table not in {*PASSING, revision}]


@dataclass(frozen=True, slots=True)
class Copied:
    """A table of the new store, read again and found equal to that of the old one."""

    table: str
    rows: int
    digest: str
    """SHA-256 over its rows in the order of their keys, in hexadecimal."""


def copy_store(
    source: str,
    target: str,
    progress: Progress = unseen,
    *,
    pepper_path: Path | None = None,
    clock: Clock | None = None,
) -> list[Copied]:
    """Copy a store to a place that holds none, or go on with a copy that was interrupted there.

    The old store is read at one instant, and marked at the end as one that is used no more: its
    rows stay as they are. The pepper is not part of a store: it moves by hand. One that was set
    back waits for its operator in the new place, whose revision may be higher than any it had.

    Raises StoreMoved for a store that was copied to another place before, StoreTaken for a target
    that holds a finished store, CopyOfAnother for one that holds an unfinished copy of something
    else, CopyOutrun when the old store was set back since the copy was begun, StoreChanged when
    somebody changed it during this run, CopyDiffers when what was read again differs,
    StoreUnusable otherwise. After any of them but the first four, copying again goes on.
    """
    with ExitStack() as open_ones:
        patient = Database(source, patience_ms=limits.COMMAND_PATIENCE_MS)
        old = open_ones.enter_context(closing(patient))
        new = open_ones.enter_context(closing(Database(target, create=True)))
        mark_of_old = HighWaterMark.beside(pepper_path or default_pepper_path(), old.whereabouts)
        known = mark_of_old.known()
        with old.reading() as here:
            _check_here(old, here, new.place)
            standing = Settings(here).stands(mark_of_old, known)
        if not mark_of_old.served(*standing):
            let_wait(old, (clock or SystemClock()).now())
        here = _patient(open_ones.enter_context(old.reading()))
        _check_here(old, here, new.place)
        mark = _mark(here)
        resumed = _begin(new, mark)
        advance = _Advance(progress, 3 * sum(count(here, table) for table in _TABLES))
        try:
            _bring(here, new, mark, advance, ", comparing" if resumed else "")
        except IntegrityError:
            if resumed:
                raise CopyOutrun(old.place, new.place) from None
            raise StoreDamaged(old.place, "its rows do not fit together") from None
        with _unfinished(new, mark) as there:
            copied = [_read_again(here, there, table, advance) for table in _TABLES]
            _count_on(here, there)
            _gather_statistics(there)
            _finish(there, _leave(old, here, new.place))
    progress(advance.total, advance.total, "")
    return copied


def _check_here(old: Database, here: Connection, to: str) -> None:
    try:
        check_version(old, here)
    except StoreMoved as error:
        # A copy that was interrupted at its very end goes on.
        if error.moved_to != to:
            raise


def _leave(old: Database, here: Connection, to: str) -> int:
    """Mark the old store, unless it was changed: two that are alive would not know of each other.

    Before the new one is finished: what stops a copy in between leaves none that is served.
    Returns the revision it has come to.
    """
    with old.writing() as now:
        if _instant(now) != _instant(here):
            raise StoreChanged(old.place)
        now.execute(update(settings).values(moved_to=to))
        run.set_version(now, f"{run.MOVED}{SCHEMA_VERSION}")
        # Where the database watches over changes, that has raised it.
        return Settings(now).revision()


def _finish(there: Connection, reached: int) -> None:
    Settings(there).raise_revision(reached - 1)
    there.execute(update(settings).values(moved_to=None))
    run.set_version(there, SCHEMA_VERSION)


class _Advance:
    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._done = 0
        self.total = total

    def comes_to(self, rows: int, name: str) -> None:
        self._progress(self._done, self.total, name)
        self._done += rows


def _mark(here: Connection) -> str:
    # A copy that was begun from another store, or by another keydeck, is not this one's to finish.
    begun, prefix = here.execute(select(settings.c.created_at, settings.c.prefix)).one()
    origin = f"{SCHEMA_VERSION} {begun} {prefix}".encode()
    return run.UNFINISHED + hashlib.sha256(origin).hexdigest()[:16]


def _begin(new: Database, mark: str) -> bool:
    """Make the schema where there is none, and return whether a copy is gone on with."""
    if new.on_sqlite:
        private_file(new.path)
    with new.making() as there:
        version = run.version(there)
        if version is None:
            run.upgrade(there)
            run.set_version(there, mark)
        elif version != mark:
            finished = not version.startswith(run.UNFINISHED)
            raise StoreTaken(new.place) if finished else CopyOfAnother(new.place)
    return version is not None


@contextmanager
def _unfinished(new: Database, mark: str) -> Iterator[Connection]:
    with new.writing() as there:
        # Somebody else may have finished it since, and people may be at work in it.
        if run.version(there) != mark:
            raise StoreTaken(new.place)
        yield _patient(there)


def _patient(connection: Connection) -> Connection:
    # It does nothing while the other store is read or written.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    return connection


def _bring(here: Connection, new: Database, mark: str, advance: _Advance, how: str) -> None:
    for table in _TABLES:
        after: Row | None = None
        with closing(batches(here, table)) as read:
            for rows in read:
                advance.comes_to(len(rows), f"{table.name}{how}")
                with _unfinished(new, mark) as there:
                    level(there, table, after, rows)
                after = key(table, rows[-1])
    # What was deleted since an earlier run; what refers to a row goes before the row.
    for table in reversed(_TABLES):
        with _unfinished(new, mark) as there:
            if count(there, table) > count(here, table):
                take_away(here, there, table)


def _read_again(here: Connection, there: Connection, table: Table, advance: _Advance) -> Copied:
    wanted, found = (_digested(side, table, advance) for side in (here, there))
    if found != wanted:
        raise CopyDiffers(table.name)
    return found


def _digested(connection: Connection, table: Table, advance: _Advance) -> Copied:
    rows, digest = 0, hashlib.sha256()
    with closing(batches(connection, table)) as read:
        for batch in read:
            advance.comes_to(len(batch), f"{table.name}, checking")
            for row in batch:
                digest.update(msgspec.msgpack.encode(row))
            rows += len(batch)
    return Copied(table.name, rows, digest.hexdigest())


def _count_on(here: Connection, there: Connection) -> None:
    """Let revisions, and the ids a server gives out, come after those that were copied."""
    reached = here.scalar(select(revision.c.value))
    # It only rises, and copying has raised it where the database watches over changes.
    if reached is not None and reached > (there.scalar(select(revision.c.value)) or 0):
        set_revision(there, reached)
    if there.dialect.name != "postgresql":
        return
    for table in _TABLES:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        highest = max(there.scalar(select(func.max(column))) or 0, highest_gone(there, table))
        if highest:
            there.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"),
                {"table": table.name, "column": column.name, "highest": highest},
            )


def _gather_statistics(there: Connection) -> None:
    """Let PostgreSQL know what arrived: by itself it looks some time later, and plans blindly."""
    if there.dialect.name == "postgresql":
        there.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in _TABLES)}")


def _instant(connection: Connection) -> tuple[object, ...]:
    newest = select(func.max(audit.c.id)).scalar_subquery()
    return tuple(connection.execute(select(revision.c.value, newest)).one())
