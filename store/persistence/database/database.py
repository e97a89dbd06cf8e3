"""Transactions on a store, whatever engine it is on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from store.errors import StoreNotWritable
from store.persistence.database import limits
from store.persistence.database.address import database_of, holds_password, parse_url
from store.persistence.database.backend import Backend, TransactionKind
from store.persistence.database.sqlite import SqliteFile


class Database:
    """One store's engine. Readers and writers are transactions; nothing else touches it.

    Each way to a transaction raises StoreUnusable (StoreBusy, StoreDamaged, StoreMissing,
    StoreUnreachable, NotGranted) when the engine cannot.
    """

    def __init__(self, url: str, *, create: bool = False, patience_ms: int | None = None) -> None:
        """Open the engine; the store is first touched by the first transaction.

        `patience_ms` is how long a lock is waited for, by default `limits.BUSY_TIMEOUT_MS`.
        Raises Invalid for an address that cannot be one, StoreMissing when the file is not there
        and `create` is not set, DriverMissing without the driver of its engine.
        """
        self.url = parse_url(url)
        self._file: SqliteFile | None = None
        patience_ms = patience_ms or limits.BUSY_TIMEOUT_MS
        self._backend: Backend
        if self.url.get_backend_name() == "sqlite":
            self._backend = self._file = SqliteFile(self.url, patience_ms, create=create)
        else:
            from store.persistence.database.postgres import PostgresServer

            self._backend = PostgresServer(self.url, patience_ms)

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine."""
        return self._backend.engine

    @property
    def place(self) -> str:
        """Where the store is, as a person is told: a path, or an address without a password."""
        return self._backend.place

    @property
    def whereabouts(self) -> str:
        """Where the store is, the same for everybody on this machine, in whatever role."""
        return str(self.path.resolve()) if self._file else database_of(self.url)

    @property
    def holds_password(self) -> bool:
        """Whether the store's address holds a password."""
        return holds_password(self.url)

    @property
    def on_sqlite(self) -> bool:
        """Whether the store is a file."""
        return self._file is not None

    @property
    def unwritten(self) -> StoreNotWritable | None:
        """Why nothing could be written the last time that was tried, None where it could."""
        return self._backend.unwritten

    def keep_reserve(self) -> None:
        """Have room kept for what takes rights away; a server's disk is its own business."""
        if self._file is not None:
            self._file.reserve.make()

    @property
    def path(self) -> Path:
        """The file of a store on SQLite; there is none on PostgreSQL."""
        return self._on_file().path

    def driver_address(self) -> dict[str, Any]:
        """Return what the engine's driver connects with; it may hold a password."""
        return {**self.engine.dialect.create_connect_args(self.url)[1]}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a read transaction: one consistent picture."""
        with self._backend.transaction(TransactionKind.READING) as connection:
            yield connection

    @contextmanager
    def writing(self, *, taking: bool = False) -> Iterator[Connection]:
        """Give a connection in a write transaction, committed at the end or not at all.

        There is one at a time. One that is for `taking` rights away has the reserve.
        """
        kind = TransactionKind.TAKING if taking else TransactionKind.WRITING
        with self._backend.transaction(kind) as connection:
            yield connection

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """Give a transaction for counts, which are added to what stands and which nobody reads.

        Several at a time where the engine can, and beside a writer.
        """
        with self._backend.transaction(TransactionKind.COUNTING) as connection:
            yield connection

    @contextmanager
    def tidying(self) -> Iterator[Connection]:
        """Give a transaction that has the counts for itself."""
        with self._backend.transaction(TransactionKind.TIDYING) as connection:
            yield connection

    @contextmanager
    def making(self) -> Iterator[Connection]:
        """Give a write transaction on what is no store yet. There is one at a time."""
        with self._backend.transaction(TransactionKind.MAKING) as connection:
            yield connection

    @contextmanager
    def restoring(self, copy: Path) -> Iterator[Connection]:
        """Give a write transaction in which a copy of a store on SQLite is attached as `copy`.

        What the store was before the transaction can be read as `replaced`.
        References are not enforced inside: the caller checks them.
        """
        with self._on_file().restoring(copy) as connection:
            yield connection

    def changes(self) -> tuple[object, ...]:
        """Return what is another each time after anybody has committed: one cheap read."""
        return self._backend.changes()

    def close(self) -> None:
        """Close every pooled connection."""
        self._backend.close()

    def _on_file(self) -> SqliteFile:
        if self._file is None:
            raise AssertionError("only a store on SQLite is a file")
        return self._file
