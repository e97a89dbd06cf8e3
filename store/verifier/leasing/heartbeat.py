"""Tells the store of a worker that holds no lease: that it is there, and how busy it is."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    delete,
    insert,
    literal,
    literal_column,
    text,
    update,
)

from store.domain.clock import Clock
from store.domain.times import SECOND
from store.domain.verifier_processes import HEARTBEAT_MS
from store.errors import StoreUnusable
from store.persistence.database import Database
from store.persistence.schema.verifiers import verifiers
from store.verifier.leasing import statements
from store.verifier.leasing.worker_identity import FORGOTTEN_AFTER_MS, WorkerIdentity

_TIDY_EVERY_S = 60.0

_log = logging.getLogger("keydeck.verifier")


class Heartbeat:
    """One worker's. Used by its loop alone; what it writes waits in a thread."""

    def __init__(
        self, database: Callable[[], Database], presence: WorkerIdentity, clock: Clock
    ) -> None:
        """`database` gives the engine on the store that is served now."""
        self._database = database
        self._presence = presence
        self._clock = clock
        self._stopping = asyncio.Event()
        self._failing = False
        self._tidy_at = 0.0

    async def run(self) -> None:
        """Tell until `stop`, then be forgotten."""
        stopping = False
        while not stopping:
            await self._in_thread(self._tell)
            with suppress(TimeoutError):
                stopping = await asyncio.wait_for(self._stopping.wait(), HEARTBEAT_MS / SECOND)
        await self._in_thread(self._leave)

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    async def _in_thread(self, work: Callable[[Connection], None]) -> None:
        def transaction(database: Database) -> None:
            with database.counting() as connection:
                work(connection)

        try:
            await asyncio.to_thread(transaction, self._database())
            self._failing = False
        except StoreUnusable as error:
            self._say_failing("Nobody is told of this verifier. %s", error)
        except Exception as error:
            self._say_failing("Nobody is told of this verifier: %r", error)

    def _say_failing(self, words: str, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            _log.warning(words, error)

    def _tell(self, connection: Connection) -> None:
        now: ColumnElement[int] = literal(self._clock.now(), BigInteger)
        if connection.dialect.name == "postgresql":
            now = literal_column(statements.NOW, BigInteger)
        columns = self._presence.tell()
        here = verifiers.c.id == self._presence.id
        if not connection.execute(
            update(verifiers).where(here).values(**columns, seen_at=now)
        ).rowcount:
            row = {
                **columns,
                "started_at": now - self._presence.running_ms,
                "seen_at": now,
                "revision": 0,
                "renewals": 0,
            }
            connection.execute(insert(verifiers).values(row))
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_EVERY_S
            silent = verifiers.c.seen_at < now - FORGOTTEN_AFTER_MS
            connection.execute(delete(verifiers).where(verifiers.c.lease_ms.is_(None), silent))
            if connection.dialect.name == "postgresql":
                # Where nobody holds a lease, nobody else does.
                connection.execute(text(statements.PRUNE))
        self._presence.told()

    def _leave(self, connection: Connection) -> None:
        connection.execute(delete(verifiers).where(verifiers.c.id == self._presence.id))
