"""A store on a PostgreSQL server: its connections, its locks, and what its complaints mean."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.errors import (
    DriverMissing,
    NoConnectionLeft,
    NotGranted,
    ServerUnreachable,
    SharedSession,
    StoreBusy,
    StoreFull,
    StoreMissing,
    StoreNotWritable,
    StoreReadOnly,
    StoreUnusable,
)
from store.persistence.database import limits
from store.persistence.database.address import shown
from store.persistence.database.backend import TransactionKind

if TYPE_CHECKING:
    import psycopg
    from psycopg.abc import Buffer
    from psycopg.types.string import StrDumperUnknown

POOL_SIZE = 3
MOST_CONNECTIONS = 5
"""Of one process, besides the verifier's own for its hot read."""

# Advisory locks of this database: any two numbers that nobody else uses in it.
_COUNTS, _MAKING = 0x6B657901, 0x6B657902

# Only for who holds a lock: somebody may read an export page by page.
_NOT_IDLE = "set_config('idle_in_transaction_session_timeout', :idle_ms, true)"
_BEGIN = {
    # Everybody who may change what a rule depends on waits here, so they commit one after another.
    # READ COMMITTED: what comes after the lock is read as it is once the lock is held.
    # What is reported must be on a standby that takes over, if one has to have it (remote_apply).
    TransactionKind.WRITING: (
        f"SELECT value, set_config('synchronous_commit', 'remote_apply', true), {_NOT_IDLE}"  # noqa: S608
        " FROM revision WHERE id = 1 FOR UPDATE"
    ),
    TransactionKind.COUNTING: f"SELECT pg_advisory_xact_lock_shared({_COUNTS}), {_NOT_IDLE}",
    TransactionKind.TIDYING: f"SELECT pg_advisory_xact_lock({_COUNTS}), {_NOT_IDLE}",
    # Between its statements it finds out what there is to make.
    TransactionKind.MAKING: f"SELECT pg_advisory_xact_lock({_MAKING})",
}
_BEGIN[TransactionKind.TAKING] = _BEGIN[TransactionKind.WRITING]
_BEGIN_SQL = {kind: text(statement) for kind, statement in _BEGIN.items()}
_STATEMENTS = "statement pooling mode"
_NONE_LEFT = ("too many connections", "too many clients", "remaining connection slots")
_BUSY = frozenset(
    (
        "55P03",  # lock_not_available
        "57014",  # query_canceled, by statement_timeout
        "40P01",  # deadlock_detected
        "40001",  # serialization_failure
    )
)
# A server that is told to acknowledge before its disk has it would lose revocations in a power cut.
_SETTINGS = """
SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),
       set_config('synchronous_commit',
                  replace(current_setting('synchronous_commit'), 'off', 'on'), false)
"""


class PostgresServer:
    """A store in a database of a server. Implements Backend."""

    def __init__(self, url: URL, patience_ms: int) -> None:
        """Raises DriverMissing without psycopg."""
        self.url = url
        self.place = shown(url)
        self.unwritten: StoreNotWritable | None = None
        self.engine = _engine(url, patience_ms)
        self._watching = threading.Lock()

    @contextmanager
    def transaction(self, kind: TransactionKind) -> Iterator[Connection]:
        """Give a connection in a transaction. Raises StoreUnusable when the server cannot."""
        reading = kind is TransactionKind.READING
        options = {
            "isolation_level": "REPEATABLE READ" if reading else "READ COMMITTED",
            "postgresql_readonly": reading,
        }
        with (
            self._complaining(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            if kind in _BEGIN_SQL:
                limit = (
                    {}
                    if kind is TransactionKind.MAKING
                    else {"idle_ms": str(limits.IDLE_TIMEOUT_MS)}
                )
                connection.execute(_BEGIN_SQL[kind], limit)
            yield connection
        if not reading:
            self.unwritten = None

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except PoolTimeout:
            raise StoreBusy from None
        except DBAPIError as error:
            found = unusable(error.orig, self.place)
            if isinstance(found, StoreNotWritable):
                self.unwritten = found
            raise found from None

    def changes(self) -> tuple[object, ...]:
        """Return what is another each time after anybody has committed. Raises StoreUnusable.

        The server tells which transactions are over, those of its other databases included: it may
        be another though nothing here was changed, never the same though something was.
        """
        with self._complaining(), self.engine.connect() as connection:
            return (connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one(),)

    def close(self) -> None:
        """Close every pooled connection; one that is in use yet, once it is not."""
        # Of those the pool knows nothing any more.
        event.listen(self.engine, "checkin", _close_returned)
        self.engine.dispose()


def _engine(url: URL, patience_ms: int) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=MOST_CONNECTIONS - POOL_SIZE,
            pool_timeout=patience_ms / 1000,
            # A server that was restarted has closed what lies in the pool.
            pool_pre_ping=True,
            connect_args=_connect_arguments(url),
        )
    except ModuleNotFoundError as error:
        raise DriverMissing("PostgreSQL", "postgres") from error

    @event.listens_for(engine, "connect")
    def prepare(connection: "psycopg.Connection[Any]", record: object) -> None:
        from store.persistence.database.pooler import check_session

        # Nothing was executed yet, so each of these is a transaction of its own.
        connection.autocommit = True
        try:
            check_session(connection, {**engine.dialect.create_connect_args(url)[1]})
            _prepare(connection, patience_ms)
        except BaseException:
            connection.close()
            raise

    return engine


def _close_returned(connection: "psycopg.Connection[Any] | None", record: object) -> None:
    if connection is not None:
        connection.close()


def _connect_arguments(url: URL) -> dict[str, Any]:
    arguments = {
        "application_name": "keydeck",
        "connect_timeout": limits.CONNECT_TIMEOUT_S,
        # By default the kernel waits two hours before it asks whether the server is still there.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "tcp_user_timeout": limits.VANISHED_MS,
    }
    return {name: value for name, value in arguments.items() if name not in url.query}


def _prepare(connection: "psycopg.Connection[Any]", patience_ms: int) -> None:
    look_for_any_text(connection)
    limit = (str(patience_ms), str(limits.STATEMENT_TIMEOUT_MS))
    connection.execute(_SETTINGS, limit)
    connection.autocommit = False


def look_for_any_text(connection: "psycopg.Connection[Any]") -> None:
    """Let a text that no text of a store can be equal to be looked for, and not be found."""
    connection.adapters.register_dumper(str, _without_nul())


@cache
def _without_nul() -> "type[StrDumperUnknown]":
    from psycopg.types.string import StrDumperUnknown

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> "Buffer | None":
            # No text of a store holds NUL, and PostgreSQL refuses even to look for it. Nor does
            # any name hold what stands for it here.
            return super().dump(obj.replace("\0", "\uffff"))

    return WithoutNul


def unusable(error: BaseException | None, place: str) -> StoreUnusable:
    """Return what the server's complaint means for whoever wanted to use the store."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = (lines[0] if lines else "it does not answer").rstrip(".")
    state = getattr(error, "sqlstate", None)
    if state in _BUSY:
        return StoreBusy()
    if state == "42501":  # insufficient_privilege
        return NotGranted(message)
    if state == "42P01":  # undefined_table
        return StoreMissing(place)
    if state == "53100":  # disk_full
        return StoreFull(place)
    if state == "25006":  # read_only_sql_transaction
        return StoreReadOnly(place)
    # A prepared statement that is not there, or another's.
    if state in ("26000", "42P05") or _STATEMENTS in str(error):
        return SharedSession()
    # Of a connection that is refused the driver tells no state.
    if state == "53300" or any(words in str(error) for words in _NONE_LEFT):
        return NoConnectionLeft(message)
    return ServerUnreachable(message)
