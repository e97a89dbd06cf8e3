"""The hot read on SQLite: see `store.verifier.lookup.reader`."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.domain.remembered import Remembered
from store.errors import StoreMissing, StoreUnconfirmed
from store.persistence.database import identity, prepare_sqlite, sqlite_library, unusable
from store.persistence.database.still import Stamp, stamp, uri
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations.changes import NOTES_KEPT, sqlite_rules
from store.persistence.prepared import Parameters, PreparedSelect, Row, Statement, Words
from store.verifier.lookup.reader import WATCH_EVERY_S, Lookup
from store.verifier.lookup.unmoved import Standing, Unmoved
from store.verifier.wal_index.conditions import NoHeader
from store.verifier.wal_index.mapping import WalIndex, wal_index_of

_BUSY_TIMEOUT_MS = 250  # readers hardly ever wait in WAL mode, and one that does stops the loop
_CHANGED = Statement("SELECT changed_rows FROM revision", "")
_SUBJECTS = Statement("SELECT subject FROM changed_subjects WHERE number > ? AND number <= ?", "")
_SCHEMA = Statement("PRAGMA schema_version", "")
_RULES = Statement("SELECT sql FROM sqlite_schema WHERE type = 'trigger'", "")

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
        """Open the store. One that waits for its operator is opened at the first read after it.

        Raises StoreUnusable.
        """
        super().__init__(str(path), high_water, monotonic=monotonic)
        self.path = path
        self._connection: Any = None
        self._cursor: Any = None
        self._identity: tuple[int, int] | None = None
        self._stamp: Stamp | None = None
        self.wal_index: WalIndex | None = None
        """What tells that something was committed, None while the store is not open or has none."""
        self._schema: int | None = None
        self._watched_over = False
        with suppress(StoreUnconfirmed):
            self._open()

    def watch(self) -> None:
        """Open the store anew when another file stands at its path; see that it may be served.

        Raises StoreUnusable.
        """
        began = self._monotonic()
        if self._connection is None or self._replaced():
            self.close()
            self._open()
        else:
            try:
                self._learn(self._first)
            except BaseException:
                self.close()
                raise
        # What is replaced from then on is noticed within that time, however long this took. Where
        # SQLite itself would notice nothing, each read looks.
        self._watch_at = began + WATCH_EVERY_S if self._stamp is None else 0.0

    def remembered(self) -> Remembered[Any]:
        """Return what goes by the header of the wal-index."""
        return Unmoved(self)

    def watched(self) -> WalIndex | None:
        """Return `wal_index` of the store that is served now. Raises StoreUnusable."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        return self.wal_index

    def standing(self) -> Standing:
        """Return how many changes there were of what a verdict depends on, and in which history.

        Where the store lacks a rule the history is another each time. Raises StoreUnusable.
        """
        schema = self._one(_SCHEMA)
        if schema != self._schema:
            self._schema = schema
            # Whoever takes a rule out of the way changes the schema.
            rules = {rule for (rule,) in self._all(_RULES)}
            self._watched_over = rules.issuperset(sqlite_rules().values())
        return Standing(schema if self._watched_over else object(), self._one(_CHANGED))

    def state(self) -> object:
        """Return what is another after any change of what a verdict depends on."""
        self.watched()
        return self._connection, self.standing()

    def changed(self, since: int, until: int) -> list[str] | None:
        """Return what the changes after one count and up to another are about.

        None where that is not known of each. Raises StoreUnusable.
        """
        if not 0 <= until - since <= NOTES_KEPT:
            return None
        subjects = [subject for (subject,) in self._all(_SUBJECTS, (since, until))]
        return subjects if len(subjects) == until - since else None

    def close(self) -> None:
        """Close the connection; the next read opens it again."""
        self.wal_index = self._schema = None
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
            self._stamp = stamp(self.path)
            # mode=rw: SQLite would otherwise make an empty file where the store was moved away.
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            self._connection = _Driver.connect(
                address if self._stamp is None else uri(self.path), uri=True, isolation_level=None
            )
            self._cursor = self._connection.cursor()
            prepare_sqlite(self._connection.execute, _BUSY_TIMEOUT_MS)
            self._connection.execute("PRAGMA query_only = ON")
            self._learn(self._first)
        except _Driver.Error as error:
            self.close()
            raise unusable(error, self.path) from None
        except BaseException:
            self.close()
            raise
        self._identity = found
        self._map()
        if self._stamp is not None:
            self._watch_at = 0.0

    def _map(self) -> None:
        try:
            if self._stamp is not None:
                raise NoHeader("it can only be read here, and nobody has it open")
            for setting, needed in (("journal_mode", "wal"), ("locking_mode", "normal")):
                (mode,) = self._connection.execute(f"PRAGMA {setting}").fetchone()
                if mode != needed:
                    raise NoHeader(f"its {setting} is {mode}")
            wal_index = wal_index_of(self.path)
            if self._identity != identity(self.path):
                raise NoHeader("it was replaced just now")
        except NoHeader as error:
            self.reads_because = str(error)
        else:
            self.wal_index, self.reads_because = wal_index, None

    def _replaced(self) -> bool:
        index = self.wal_index
        if self._identity != identity(self.path) or self._stamp != stamp(self.path):
            return True
        return not (index is None or index.still_there())

    def _first(self, statement: Statement, *parameters: object) -> Row | None:
        try:
            # A cursor that is not exhausted would pin its snapshot. Each of these reads finds one
            # row at the most, or is cut off by its own LIMIT.
            row: Row | None = self._cursor.execute(statement.sqlite, parameters).fetchone()
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return row

    def _all(self, statement: Statement, parameters: Parameters = ()) -> list[Row]:
        return self._found(statement.sqlite, parameters)

    def _words(self, read: PreparedSelect) -> Words:
        return read.sqlite

    def _found(self, text: str, parameters: Parameters = ()) -> list[Row]:
        try:
            rows: list[Row] = self._cursor.execute(text, parameters).fetchall()
        except _Driver.Error as error:
            raise unusable(error, self.path) from None
        return rows
