"""Keeps one worker's lease: learns of changes, applies them, confirms that, and is granted time.

A task on the loop that serves, with a connection of its own. It learns of a change by a
notification, or by the next renewal where that is lost.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg

from store.domain.leases.holding import EVERYTHING, Holding
from store.domain.verifier_processes import RENEWALS
from store.errors import KeydeckError
from store.persistence.database import Database
from store.persistence.database.pooler import check_async_session
from store.persistence.database.postgres import unusable
from store.persistence.database.timed import PATIENCE, READ_MS, SILENCE, TimedAsyncConnection
from store.persistence.high_water import Found, SeenEntry, StoreState, Trace, trace
from store.persistence.migrations import run
from store.persistence.repositories.seen_entries import FOUND, seen, wanted
from store.verifier.counters import Counters, LeaseGauge
from store.verifier.leasing import statements
from store.verifier.leasing.worker_identity import WorkerIdentity
from store.verifier.lookup.postgres import PostgresLookup
from store.verifier.lookup.reader import check_confirmed

PAUSE_S, LONG_PAUSE_S = 0.25, 1.0
"""After a failure: to reach the server, or of another kind, which does not pass as soon."""
TIDY_EVERY_S = 60.0
"""Longer than any lease."""
_LIMITS = {"statement_ms": str(READ_MS), "lock_ms": "250"}
# What took so long must not be tried by a read that holds up the loop.
_SLOW_S = 0.25
_APPLICATION = {"application_name": "keydeck lease"}

_ANOTHER_TIME = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)

_log = logging.getLogger("keydeck.verifier")


class _News(NamedTuple):
    """What is read at one instant."""

    revision: int
    timeline: str
    listed: bool
    """Whether the verifier has its row."""
    version: str | None
    restored_at: int | None
    store: str
    confirmed_at: int | None
    subjects: list[str]


class Keeper:
    """One worker's. Used by its loop alone."""

    def __init__(
        self,
        database: Database,
        lookup: PostgresLookup,
        holding: Holding[Any],
        presence: WorkerIdentity,
        counters: Counters,
    ) -> None:
        """`lookup` is what reads where `holding` does not answer."""
        self._address, self._place = database.driver_address(), database.place
        self._lookup = lookup
        self._holding = holding
        self._presence = presence
        self._counters = counters
        self._woken = asyncio.Event()
        self._stopping = False
        self._failing = False
        self._suspected: list[Any] = []
        self._tidy_at = 0.0
        lookup.guard()

    async def run(self) -> None:
        """Hold the lease until `stop`, whatever becomes of the server meanwhile."""
        self._counters.leased(LeaseGauge.of(self._holding))
        while not self._stopping:
            connection, pause_s = None, LONG_PAUSE_S
            try:
                connection = await self._connected()
                await self._hold(connection)
            except (psycopg.Error, OSError, KeydeckError) as error:
                self._failed(error)
                if isinstance(error, psycopg.OperationalError | OSError):
                    pause_s = PAUSE_S
            except Exception:
                if not self._failing:
                    _log.exception("The lease could not be kept.")
                self._failing = True
            finally:
                if connection is not None:
                    await connection.close()
            if not self._stopping:
                self._woken.clear()
                await self._sleep(pause_s)
        self._counters.leased(LeaseGauge.of(self._holding))

    def stop(self) -> None:
        """Give up the lease and let `run` end, soon even where the server does not answer."""
        self._stopping = True
        self._holding.void()
        self._woken.set()

    async def _connected(self) -> TimedAsyncConnection:
        began = time.monotonic()
        connection = None
        try:
            connection = await TimedAsyncConnection.connect(
                autocommit=True, prepare_threshold=0, **PATIENCE | _APPLICATION | self._address
            )
            await check_async_session(connection, self._address)
            await connection.execute(statements.SETTINGS, _LIMITS)
            connection.add_notify_handler(lambda _: self._woken.set())
            # Before the first look: what is changed after it is heard of.
            await connection.execute(statements.LISTEN)
        except BaseException:
            if connection is not None:
                await connection.close()
            # A slow refusal says nothing against a connection that reads are answered on.
            if time.monotonic() - began < _SLOW_S:
                self._lookup.answers(it_does=True)
            raise
        return connection

    async def _hold(self, connection: TimedAsyncConnection) -> None:
        # Another server may know other renewals.
        self._suspected = []
        while not self._stopping:
            self._woken.clear()
            while not await self._renewed(connection):
                # Another server answers, or the row is gone: it begins anew.
                pass
            self._lookup.answers(it_does=True)
            self._say_well()
            self._counters.leased(LeaseGauge.of(self._holding))
            if time.monotonic() >= self._tidy_at:
                await self._tidy(connection)
            await self._wait(connection)
        await connection.execute(statements.LEAVE, {"id": self._presence.id})

    async def _renewed(self, connection: TimedAsyncConnection) -> bool:
        """Apply what has changed and ask for time; return whether that was granted."""
        holding = self._holding
        # Before the reading: what is committed after it waits for a lease counted from here.
        asked_at = holding.asks()
        asking = await self._catch_up(connection)
        own = {
            "revision": holding.revision,
            "timeline": holding.timeline,
            "lease_ms": round(holding.lease_s * 1000),
            "running_ms": self._presence.running_ms,
            **self._presence.tell(),
        }
        if not (await connection.execute(asking, own)).rowcount:
            return self._stopping
        self._presence.told()
        if not self._stopping:
            holding.granted(asked_at, own["timeline"])
        return True

    async def _catch_up(self, connection: TimedAsyncConnection) -> str:
        """Apply what has changed; return the statement that then asks for time."""
        holding, presence = self._holding, self._presence
        since = {"revision": holding.revision, "id": presence.id}
        known = self._lookup.high_water.known()
        cursor = await connection.execute(statements.CATCH_UP, since)
        told = await cursor.fetchone() or ()
        news, mark = _News(*told[: len(_News._fields)]), self._lookup.high_water
        newest = seen(told[len(_News._fields) :], news.revision)
        standing = StoreState(news.store, news.revision, news.confirmed_at, newest)
        found = await _traced(connection, mark.to_find(standing, known))
        try:
            run.check(news.version, self._place)
            served = mark.served(standing, known, found)
            check_confirmed(served, news.restored_at)
        except KeydeckError:
            holding.void()
            self._lookup.look_anew()
            await connection.execute(statements.LEAVE, {"id": presence.id})
            raise
        moved = news.timeline != holding.timeline
        if moved:
            # Reads go to whichever server answers at that address now.
            self._lookup.close()
        elif EVERYTHING in news.subjects or news.revision < holding.revision:
            self._lookup.look_anew()
        holding.apply(news.revision, news.subjects, news.timeline)
        if news.listed and not moved:
            return statements.RENEW
        # Nobody who looked lately has seen a lease of this verifier, or it was another server's.
        holding.void()
        await connection.execute(statements.LEAVE, {"id": presence.id})
        presence.register_anew()
        return statements.REGISTER

    async def _tidy(self, connection: TimedAsyncConnection) -> None:
        self._tidy_at = time.monotonic() + TIDY_EVERY_S
        with suppress(*_ANOTHER_TIME):
            for suspected in self._suspected:
                await connection.execute(statements.FORGET_SUSPECTED, suspected)
            cursor = await connection.execute(statements.SUSPECTED)
            self._suspected = await cursor.fetchall()
            await connection.execute(statements.FORGET_LAPSED)
            await connection.execute(statements.PRUNE)

    async def _wait(self, connection: TimedAsyncConnection) -> None:
        """Wait until the server says something, or until it is time to renew."""
        loop, socket = asyncio.get_running_loop(), connection.fileno()
        loop.add_reader(socket, self._woken.set)
        try:
            await self._sleep(self._holding.lease_s / RENEWALS)
        finally:
            loop.remove_reader(socket)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)

    def _failed(self, error: psycopg.Error | OSError | KeydeckError) -> None:
        if isinstance(error, SILENCE):
            self._lookup.answers(it_does=False)
        if not self._failing:
            self._failing = True
            cause = error if isinstance(error, KeydeckError) else unusable(error, self._place)
            _log.warning("The lease is not renewed, and memory ends with it. %s", cause)

    def _say_well(self) -> None:
        if self._failing:
            self._failing = False
            _log.warning("The lease is renewed again.")


async def _traced(connection: TimedAsyncConnection, entry: SeenEntry | None) -> Trace:
    if entry is None:
        return Trace.THERE
    cursor = await connection.execute(FOUND.postgres, wanted(entry))
    return trace(entry, Found(*await cursor.fetchone() or (None, None, None)))
