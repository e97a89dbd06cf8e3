"""The hot read on PostgreSQL: see `store.verifier.lookup.reader`.

Each read is a transaction of its own on the primary, so it sees whatever has committed before it
began. Verifiers must not be pointed at a standby: it lags behind.
"""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.rows import tuple_row

from store.errors import KeydeckError, ServerUnreachable, StoreUnconfirmed
from store.persistence.database import Database
from store.persistence.database.pooler import check_session
from store.persistence.database.postgres import look_for_any_text, unusable
from store.persistence.database.timed import PATIENCE, READ_MS, SILENCE, TimedConnection
from store.persistence.high_water import HighWaterMark
from store.persistence.prepared import Parameters, PreparedSelect, Row, Statement, Words
from store.verifier.lookup.reader import Lookup

T = TypeVar("T")

PAUSE_S = 0.25
"""After a failure nobody asks the server for so long."""
AT_ONCE_S = 0.1
"""How long a read waits for a new connection, which is opened beside the loop and takes longer."""

_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": str(READ_MS),
    "lock_timeout": "250",
}
_SET = "SELECT set_config(%s, %s, false)"
# The database raises it at each change that a verdict depends on.
_REVISION = Statement("", "SELECT value FROM revision")
_STANDBY = Statement("", "SELECT pg_is_in_recovery()")


class PostgresLookup(Lookup):
    """Reads a server's database.

    A server that went away is asked again as soon as it is back: every read that finds its
    connection broken tries one new one. One that falls silent holds up a single read: until it
    speaks again the others fail at once.
    """

    def __init__(
        self,
        database: Database,
        high_water: HighWaterMark | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store. One that waits for its operator is opened at the first read after it.

        Raises StoreUnusable.
        """
        super().__init__(database.place, high_water, monotonic=monotonic)
        self._address, self._place = database.driver_address(), database.place
        self._connection: TimedConnection | None = None
        self._cursor: psycopg.Cursor[Row] | None = None
        self._opening: Future[TimedConnection] | None = None
        self._closed_until = 0.0
        self._guarded = False
        with suppress(StoreUnconfirmed):
            # There is nothing to hold up yet.
            self._open(patience=None)

    def guard(self) -> None:
        """Ask a server that fell silent no more until somebody else has found that it answers.

        For whoever has a keeper that waits for the server beside the loop: see `answers`.
        """
        self._guarded = True

    def answers(self, *, it_does: bool) -> None:
        """Take in whether the server answers, be it with a refusal."""
        if it_does:
            self._closed_until = min(self._closed_until, self._monotonic())
        else:
            self.close()
            self._closed_until = math.inf

    def look_anew(self) -> None:
        """Look at the next read whether the store may be served."""
        self._watch_at = 0.0

    def watch(self) -> None:
        """Look anew, once a second, whether the store may be served. Raises StoreUnusable."""
        if self._connection is None:
            self._open()
            return
        if self._monotonic() < self._watch_at:
            return
        try:
            self._look()
        except psycopg.Error as error:
            self._open_after(error)

    def state(self) -> object:
        """Return what is another after any change of what a verdict depends on."""
        if self._monotonic() >= self._watch_at:
            self.watch()
        revision = self._one(_REVISION)
        return self._connection, revision

    def close(self) -> None:
        """Close the connection; the next read opens it again."""
        if self._connection is not None:
            self._connection.close()
        if self._opening is not None:
            self._opening.add_done_callback(_close)
        self._connection = self._cursor = self._opening = None
        self._watch_at = 0.0

    def _open(self, patience: float | None = AT_ONCE_S) -> None:
        if self._opening is None:
            if self._monotonic() < self._closed_until:
                raise ServerUnreachable("the database server did not answer a moment ago")
            self._opening = _begun(self._address)
        elif not self._opening.done():
            # Whoever began waits no longer either.
            raise ServerUnreachable("the database server does not answer")
        try:
            self._connection = self._opening.result(patience)
            self._opening = None
            self._cursor = self._connection.cursor(binary=True)
            self._look()
        except TimeoutError:
            raise ServerUnreachable("the database server does not answer") from None
        except psycopg.Error as error:
            self._opening = None
            self.close()
            self._rest(error)
            raise unusable(error, self._place) from None
        except Exception:
            # Whatever it was, the next one is not to wait for it.
            self._opening = None
            raise

    def _open_after(self, error: psycopg.Error) -> None:
        # A server that was restarted has closed this connection, and may be back already.
        broken = self._connection is None or self._connection.broken
        self._close_after(error)
        if not broken or isinstance(error, SILENCE):
            raise unusable(error, self._place) from None
        self._open()

    def _close_after(self, error: psycopg.Error) -> None:
        self.close()
        if isinstance(error, SILENCE):
            self._rest(error)

    def _rest(self, error: psycopg.Error) -> None:
        silent = self._guarded and isinstance(error, SILENCE)
        self._closed_until = math.inf if silent else self._monotonic() + PAUSE_S

    def _look(self) -> None:
        try:
            # First: what lags behind was not set back.
            if self._ask(_STANDBY) == (True,):
                raise ServerUnreachable("the server is a standby, whose copy lags behind")
            self._learn(self._ask)
        except KeydeckError as error:
            self.close()
            if isinstance(error, ServerUnreachable):
                # A standby that is about to be promoted is not asked by every request.
                self._closed_until = self._monotonic() + PAUSE_S
            raise

    def _first(self, statement: Statement, *parameters: object) -> Row | None:
        return self._tried(self._ask, statement, *parameters)

    def _all(self, statement: Statement, parameters: Parameters = ()) -> list[Row]:
        return self._found(statement.postgres, parameters)

    def _words(self, read: PreparedSelect) -> Words:
        return read.postgres

    def _found(self, text: str, parameters: Parameters = ()) -> list[Row]:
        return self._tried(self._ask_all, text, parameters)

    def _tried(self, ask: Callable[..., T], *asked: object) -> T:
        if self._cursor is None:
            self._open()
        try:
            return ask(*asked)
        except psycopg.Error as error:
            self._open_after(error)
        try:
            return ask(*asked)
        except psycopg.Error as error:
            self._close_after(error)
            raise unusable(error, self._place) from None

    def _ask(self, statement: Statement, *parameters: object) -> Row | None:
        assert self._cursor is not None  # noqa: S101
        return self._cursor.execute(statement.postgres, parameters).fetchone()

    def _ask_all(self, text: str, parameters: Parameters) -> list[Row]:
        assert self._cursor is not None  # noqa: S101
        return self._cursor.execute(text, parameters).fetchall()


def _begun(address: dict[str, Any]) -> "Future[TimedConnection]":
    """Begin to open a connection, in a thread that outlives no process."""
    opening: Future[TimedConnection] = Future()

    def run() -> None:
        try:
            opening.set_result(_opened(address))
        except Exception as error:
            opening.set_exception(error)

    threading.Thread(target=run, name="keydeck-connect", daemon=True).start()
    return opening


def _opened(address: dict[str, Any]) -> TimedConnection:
    connection = TimedConnection.connect(
        autocommit=True,
        # The one read is prepared at once, not after some use of it.
        prepare_threshold=0,
        row_factory=tuple_row,
        **PATIENCE | address,
    )
    look_for_any_text(connection)
    try:
        check_session(connection, address)
        for setting in _SETTINGS.items():
            connection.execute(_SET, setting)
    except BaseException:
        connection.close()
        raise
    return connection


def _close(opening: "Future[TimedConnection]") -> None:
    if opening.exception() is None:
        opening.result().close()
