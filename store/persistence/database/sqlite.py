"""A store in a file: SQLite, its pragmas, and the traps around its file."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DisconnectionError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import (
    PlaceForbidden,
    StoreBusy,
    StoreDamaged,
    StoreFull,
    StoreMissing,
    StoreNotWritable,
    StoreReadOnly,
    StoreUnclosed,
    StoreUnreachable,
    StoreUnusable,
)
from store.persistence.database.backend import TransactionKind
from store.persistence.database.reserve import PART, Reserve
from store.persistence.database.sqlite_driver import identity, prepare_sqlite, sqlite_library
from store.persistence.database.still import stamp, uri
from store.system.disk import is_read_only, takes
from store.system.permissions import check, is_there

_WRITING, _TAKING = "keydeck_writing", "keydeck_taking"
_STAMP, _NEW = "keydeck_stamp", "keydeck_new"
_IDENTITY = "keydeck_identity"
_WRITE = "BEGIN IMMEDIATE"
LOOKS_EVERY_S = {True: 0.002, False: 0.01}
"""How often whoever waits for the lock looks whether it is free; first what takes rights away.

SQLite itself looks more and more seldom, every tenth of a second at last: whoever writes one
transaction after the other mostly has it again by then, and somebody waits in vain.
"""


def unusable(error: BaseException | None, path: Path) -> StoreUnusable:
    """Return what the engine's complaint means for whoever wanted to use the store."""
    message, folder = str(error), path.absolute().parent
    if "readonly" in message and is_read_only(folder):
        return StoreReadOnly(str(path))
    if "unable to open" in message and is_read_only(folder):
        return StoreUnclosed(str(path))
    # A quota or a limit on files is told from other troubles of a disk by trying.
    if "disk is full" in message or ("disk I/O error" in message and not takes(folder, PART)):
        return StoreFull(str(path))
    if any(word in message for word in ("locked", "locking protocol", "busy")):
        return StoreBusy()
    if "malformed" in message or "not a database" in message:
        return StoreDamaged(str(path), message)
    if "unable to open" in message or "readonly" in message:
        try:
            check(path)
        except PlaceForbidden as refusal:
            return refusal
    return StoreUnreachable(message)


class SqliteFile:
    """A store in a file. Implements Backend."""

    def __init__(self, url: URL, patience_ms: int, *, create: bool) -> None:
        """Raises StoreMissing when the file is not there and `create` is not set."""
        self.path = Path(url.database or "")
        self.place = str(self.path)
        self._create = create
        if not create and not is_there(self.path):
            raise StoreMissing(self.place)
        self.engine = _sqlite_engine(url, patience_ms)
        self._watching = threading.Lock()
        self._watch: Connection | None = None
        self._watches = 0
        self.reserve = Reserve(self.path)
        self.unwritten: StoreNotWritable | None = None

    @contextmanager
    def restoring(self, copy: Path) -> Iterator[Connection]:
        """Give a write transaction in which a copy of the store is attached as `copy`.

        The store itself as it was before the transaction is `replaced`. References are not
        enforced inside: the caller checks them. Raises StoreUnusable.
        """
        with self._complaining(), self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101
            # Neither can be done inside a transaction.
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("ATTACH ? AS copy", (str(copy),))
            driver.execute("ATTACH ? AS replaced", (str(self.path),))
            try:
                # BEGIN IMMEDIATE would lock the store by both its names, and wait for itself.
                with connection.execution_options(**{_WRITING: False}).begin():
                    connection.exec_driver_sql("UPDATE main.revision SET value = value")
                    if connection.info.get(_IDENTITY) != identity(self.path):
                        raise StoreBusy
                    yield connection
            finally:
                # Gone with its settings, not back to the pool.
                connection.invalidate()

    @contextmanager
    def transaction(self, kind: TransactionKind) -> Iterator[Connection]:
        """Give a connection in a transaction. Raises StoreUnusable when SQLite cannot."""
        writing = kind is not TransactionKind.READING
        # SQLite would make an empty file where the store has been moved away.
        if not self._create and not is_there(self.path):
            raise StoreMissing(self.place)
        with self._complaining():
            if writing:
                self._check_room(kind)
            options = {_WRITING: writing, _TAKING: kind is TransactionKind.TAKING}
            with (
                self.engine.connect().execution_options(**options) as connection,
                connection.begin(),
            ):
                # A change in a file that was replaced while its lock was awaited would be lost.
                if writing and connection.info.get(_IDENTITY) != identity(self.path):
                    raise StoreBusy
                before = _changed(connection)
                yield connection
                wrote = _changed(connection) != before
                frozen = connection.info.get(_STAMP)
            if frozen is not None and frozen[:-1] != (stamp(self.path) or (0,))[:-1]:
                # What was read may be half of before and half of after.
                raise StoreBusy
            if wrote:
                self.unwritten = None

    def _check_room(self, kind: TransactionKind) -> None:
        if is_read_only(self.path.absolute().parent):
            raise StoreReadOnly(self.place)
        if kind is TransactionKind.TAKING:
            if self.reserve.give():
                self._begin_log_anew()
        elif self.reserve.given_up():
            raise StoreFull(self.place)

    def _begin_log_anew(self) -> None:
        """Let the write-ahead log be written from its beginning, where it has room already."""
        with suppress(DatabaseError), self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except StoreNotWritable as refusal:
            raise self._not_written(refusal) from None
        except DatabaseError as error:
            found = unusable(error.orig, self.path)
            if isinstance(found, StoreNotWritable):
                found = self._not_written(found)
            raise found from None

    def _not_written(self, refusal: StoreNotWritable) -> StoreNotWritable:
        if isinstance(refusal, StoreFull):
            refusal.spare = self.reserve.holds()
        self.unwritten = refusal
        return refusal

    def changes(self) -> tuple[object, ...]:
        """Return what is another each time after anybody has committed. Raises StoreUnusable."""
        here = identity(self.path)
        if here is None:
            raise StoreMissing(self.place)
        with self._watching, self._complaining():
            watch = self._watch
            # SQLite tells a connection of the others' commits, so it has to be the same one.
            known = {} if watch is None or watch.invalidated else watch.info
            if (known.get(_IDENTITY), known.get(_STAMP)) != (here, stamp(self.path)):
                self._stop_watching()
                watch = self._watch = self.engine.connect()
                self._watches += 1
            assert watch is not None  # noqa: S101
            with watch.begin():
                version = watch.exec_driver_sql("PRAGMA data_version").scalar_one()
            frozen = watch.info.get(_STAMP)
        return here, self._watches, version, frozen

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def close(self) -> None:
        """Close every pooled connection."""
        with self._watching:
            self._stop_watching()
        self.engine.dispose()


def _sqlite_engine(url: URL, patience_ms: int) -> Engine:
    engine = create_engine(
        url, module=sqlite_library(), connect_args={"timeout": patience_ms / 1000}
    )

    path = Path(url.database or "")
    reserve = Reserve(path)

    @event.listens_for(engine, "do_connect")
    def choose(
        dialect: object, record: ConnectionPoolEntry, given: list[Any], options: dict[str, Any]
    ) -> None:
        if not path.with_name(f"{path.name}-shm").exists():
            # To read a store, too, a little has to be written.
            reserve.give()
        record.info[_STAMP], record.info[_NEW] = stamp(path), True
        if record.info[_STAMP] is not None:
            given[:] = [uri(path)]
            options["uri"] = True

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        # The driver would otherwise decide by itself when a transaction begins.
        connection.isolation_level = None
        prepare_sqlite(connection.execute, patience_ms)
        record.info[_IDENTITY] = identity(path)

    @event.listens_for(engine, "checkout")
    def look(connection: object, record: ConnectionPoolEntry, proxy: object) -> None:
        # An open connection would stay for ever on a file that was replaced.
        if record.info.get(_IDENTITY) != identity(path):
            raise DisconnectionError
        if not record.info.pop(_NEW, False) and record.info.get(_STAMP) != stamp(path):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_WRITING, False):
            _wait_for_lock(connection, patience_ms, LOOKS_EVERY_S[options.get(_TAKING, False)])
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _wait_for_lock(connection: Connection, patience_ms: int, looks_every_s: float) -> None:
    """Begin a transaction that writes, soon after whoever writes now is done."""
    driver: Any = connection.connection.driver_connection
    ends = time.monotonic() + patience_ms / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < ends:
            try:
                driver.execute(_WRITE)
            except sqlite_library().OperationalError as error:
                if "locked" not in str(error):
                    break
                time.sleep(looks_every_s)
            else:
                return
        # What it says now is what whoever asked is told.
        connection.exec_driver_sql(_WRITE)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience_ms}")


def _changed(connection: Connection) -> int:
    """Return how many rows were changed by a connection since it was opened."""
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)
