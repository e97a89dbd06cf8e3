"""The hot read on SQLite: see `store.verifier.lookup.reader`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store.errors import StoreMissing
from store.persistence.database import identity, prepare_sqlite, sqlite_library, unusable
from store.persistence.high_water import HighWaterMark
from store.persistence.repositories.credentials import Row, Statement
from store.verifier.lookup.reader import Lookup

_BUSY_TIMEOUT_MS = 250  # readers hardly ever wait in WAL mode, and one that does stops the loop

_Driver: Any = sqlite_library()


class SqliteLookup(Lookup):
    """Reads the store's file.

    One that was replaced or moved away is noticed within a second; SQLite alone would serve the
    old file for ever.
    """

    def __init__(
        self,
        path: Path,
        high_water: HighWaterMark | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store. Raises StoreUnusable."""
        super().__init__(str(path), high_water, monotonic=monotonic)
        self.path = path
        self._connection: Any = None
        self._cursor: Any = None
        self._identity: tuple[int, int] | None = None
        self._open()

    def watch(self) -> None:
        """Open the store anew when another file stands at its path; see that it may be served.

        Raises StoreUnusable.
        """
        if self._connection is None or self._identity != identity(self.path):
            self.close()
            self._open()
            return
        try:
            self._learn(self._first)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next read opens it again."""
        if self._connection is not None:
            self._cursor.close()
            self._connection.close()
        self._connection = self._cursor = None
        self._watch_at = 0.0

    def _open(self) -> None:
        found = identity(self.path)
        if found is None:
            raise StoreMissing(str(self.path))
        try:
            # mode=rw: SQLite would otherwise make an empty file where the store was moved away.
            self._connection = _Driver.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
            )
            self._cursor = self._connection.cursor()
            prepare_sqlite(self._connection.execute)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
            self._connection.execute("PRAGMA query_only = ON")
            self._learn(self._first)
        except _Driver.Error as error:
            self.close()
            raise unusable(error, self.path) from None
        except BaseException:
            self.close()
            raise
        self._identity = found

    def _first(self, statement: Statement, *parameters: object) -> Row | None:
        try:
            # A cursor that is not exhausted would pin its snapshot. Each of these reads finds one
            # row at the most, or is cut off by its own LIMIT.
            row: Row | None = self._cursor.execute(statement.sqlite, parameters).fetchone()
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return row

    def _all(self, statement: Statement, *parameters: object) -> list[Row]:
        try:
            rows: list[Row] = self._cursor.execute(statement.sqlite, parameters).fetchall()
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return rows
