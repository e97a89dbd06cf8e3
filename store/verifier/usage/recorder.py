"""Usage: counted in memory, written in batches, one a second. Never delays a verification.

Where many keys are in use, less often: then most of what a batch costs is paid again for the same
keys each time. A batch of them is written in several transactions: whoever wants the store's lock
meanwhile has it after the next.

Counted are the verdicts given to somebody who held the secret: valid, expired, revoked, plan,
scope. Everything else belongs to no key and is only in /metrics. A key or a scope was used when
the verdict was valid. A write decides its verdict twice, and a revocation in between leaves one
count of each. What was counted since the last batch is lost in a crash.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from store.domain.clock import Clock
from store.domain.credential import Credential
from store.domain.key_string import random_base62
from store.domain.usage import Refusal, ToolOutcome
from store.domain.verdicts import Verdict
from store.errors import StoreUnusable
from store.persistence.database import Database
from store.persistence.schema import OF_KEYS, UsageTables
from store.verifier.counters import Counters
from store.verifier.usage.batch import Batch
from store.verifier.usage.limit_book import Asked, Heard, LimitBook
from store.verifier.usage.limit_rows import exchange, leave, living
from store.verifier.usage.roll_up import roll_up_some
from store.verifier.usage.rows import write

FLUSH_EVERY_S = 1.0
"""How long what was counted waits, at the least."""
FLUSH_WITHIN_S = 10.0
"""The same at the most."""
SHARE = 0.02
"""Of a processor, that writing may take without waiting longer."""
MOST_WAITING = 5000
"""Keys whose counts wait for longer than that: they take memory."""
KEYS_AT_ONCE = 500
"""Keys whose counts one transaction writes: a few hundredths of a second."""
COUNTS_AT_ONCE = 500
"""Windows of limits that one transaction tells of, and asks about: the same."""
ROLL_UP_EVERY_S = 3600.0
ROLL_UP_PAUSE_S = 0.1
"""For whoever else wants the store's lock: SQLite asks for it as seldom as that. On a machine with
much to do as long as a transaction takes.
"""
LOOK_EVERY_S = 5.0
"""How often it is looked how many verifiers live, where nobody asks for anything limited."""
HASTE_S = 0.05
"""How long whoever has to hear of the others' limits before their turn waits for more to ask."""
MOST_KEPT = 100_000
"""How many numbers are kept while the store cannot be written; beyond that the oldest go."""

T = TypeVar("T")

_log = logging.getLogger("keydeck.verifier")


class UsageRecorder:
    """What one worker counted and has not written yet. Used from the worker's loop alone."""

    def __init__(
        self,
        database: Callable[[], Database],
        counters: Counters,
        clock: Clock,
        tables: UsageTables = OF_KEYS,
        limits: LimitBook | None = None,
    ) -> None:
        """`database` gives the engine on the file that stands at the store's path now.

        `tables` are those of keys, or those of connections. What is used of `limits` is exchanged
        with other verifiers beside what is written.
        """
        self._tables = tables
        self._limits = LimitBook() if limits is None else limits
        # Another at each start: what it let through under another name was let through.
        self._name = random_base62(12)
        self._database = database
        self._counters = counters
        self._clock = clock
        self._batch = Batch()
        self._due = 0.0
        # By then it has told of itself.
        self._look_at = float("inf") if limits is None else time.monotonic() + FLUSH_EVERY_S
        self._failing = False
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        self._limits.hasten = self._woken.set
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keydeck-usage")

    def record(
        self,
        key: Credential,
        verdict: Verdict,
        now: int,
        address: str | None,
        needed: Sequence[str],
        agent: bytes,
    ) -> None:
        """Count one verdict about a key, who asked, and the scopes it was needed for; no I/O."""
        self._batch.count(key, verdict, now, address, needed, agent)

    def refuse(self, key: Credential, refusal: Refusal) -> None:
        """Remember a refusal of a key; no I/O."""
        self._batch.refuse(key, refusal)

    def call(self, connection: Credential, tool: str, outcome: ToolOutcome, now: int) -> None:
        """Count one call of a tool, by a connection; no I/O."""
        self._batch.call(connection, tool, outcome, now)

    def observe(
        self,
        key: Credential,
        verdict: Verdict,
        now: int,
        who: tuple[str | None, bytes],
        what: tuple[str, str],
    ) -> None:
        """Count a request that something only observed would have refused; no I/O."""
        self._batch.observe(key, verdict, now, who, what)

    async def run(self) -> None:
        """Write what was counted every now and then, and the rest once `stop` was called."""
        rolling_up = asyncio.create_task(self._roll_up_hourly())
        written_at = time.monotonic()
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                left = written_at + FLUSH_EVERY_S - time.monotonic()
                await asyncio.wait_for(self._woken.wait(), max(left, HASTE_S))
            self._woken.clear()
            now = time.monotonic()
            if now - written_at >= FLUSH_EVERY_S:
                written_at = now
                if now >= self._due or len(self._batch.verdicts) >= MOST_WAITING:
                    await self.flush()
                    continue
            await self._exchange()
            if self._limits.waits:
                await self._stops_within(HASTE_S)
        await rolling_up
        await self.flush()
        await self._leave()
        self._thread.shutdown()

    def stop(self) -> None:
        """Let `run` write the rest and end. It is not cancelled: a batch may be on its way."""
        self._stopping.set()
        self._woken.set()

    async def flush(self) -> None:
        """Write what was counted so far. A failure keeps it for the next time."""
        await self._exchange()
        if not self._batch:
            return
        batch, self._batch = self._batch, Batch()
        writing = _Writing(batch, self._tables)
        try:
            while await self._in_thread(writing.some):
                # Whoever wants the store's lock asks for it again and again, and has half the time.
                await asyncio.sleep(writing.held_s)
        except StoreUnusable as error:
            self._keep(writing.rest())
            self._say_failing(error)
        except Exception:
            self._keep(writing.rest())
            self._counters.flushed(ok=False)
            _log.exception("Usage could not be written.")
        else:
            self._counters.flushed(ok=True)
            if self._failing:
                self._failing = False
                _log.warning("Usage is written again.")
        self._counters.dropped(writing.lost)
        self._due = time.monotonic() + min(writing.took_s / SHARE, FLUSH_WITHIN_S)

    async def _exchange(self) -> None:
        """Tell what is used of limits, and hear what the others used; else the last known holds.

        Short windows first: of long ones less is used by the next time.
        """
        asked = sorted(self._limits.asking(), key=lambda one: one.begins - one.before)
        if not asked and time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY_S
        for first in range(0, len(asked) or 1, COUNTS_AT_ONCE):
            part, began = asked[first : first + COUNTS_AT_ONCE], time.monotonic()
            try:
                answers, live = await self._in_thread(
                    partial(_exchanged, verifier=self._name, asked=part, now=self._clock.now())
                )
            except StoreUnusable as error:
                self._say_failing(error)
                return
            except Exception:
                # Of this part alone: the others are told.
                self._counters.flushed(ok=False)
                _log.exception("Limits could not be exchanged.")
            else:
                self._limits.heard(part, answers, live)
            if first + COUNTS_AT_ONCE < len(asked):
                await asyncio.sleep(time.monotonic() - began)

    async def _leave(self) -> None:
        """Let what this worker has told be nobody's: it tells nothing more."""
        told = self._limits.told_of_long(self._clock.now())
        for first in range(0, len(told), COUNTS_AT_ONCE):
            part = told[first : first + COUNTS_AT_ONCE]
            try:
                await self._in_thread(partial(_left, verifier=self._name, asked=part))
            except Exception as error:
                # They are read as they are, until their windows are over.
                _log.warning("Limits could not be handed on. %s", error)
                return

    async def _roll_up_hourly(self) -> None:
        # What was counted is written in between: a turn takes the thread for one transaction.
        stopping = await self._stops_within(FLUSH_EVERY_S)
        while not stopping:
            began = time.monotonic()
            again = await self._roll_up(self._clock.now())
            pause = max(ROLL_UP_PAUSE_S, time.monotonic() - began)
            stopping = await self._stops_within(pause if again else ROLL_UP_EVERY_S)

    async def _stops_within(self, seconds: float) -> bool:
        try:
            return await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False

    async def _roll_up(self, now: int) -> bool:
        """Roll some up; return whether there may be more."""
        try:
            return await self._in_thread(lambda database: roll_up_some(database, now, self._tables))
        except StoreUnusable as error:
            # Whoever counts next says so too; old minutes are as good as hours until then.
            self._say_failing(error)
        except Exception:
            _log.exception("Old usage could not be rolled up.")
        return False

    async def _in_thread(self, work: Callable[[Database], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._database())

    def _say_failing(self, error: StoreUnusable) -> None:
        self._counters.flushed(ok=False)
        if not self._failing:
            self._failing = True
            _log.warning("Usage cannot be written and is kept in memory. %s", error)

    def _keep(self, batch: Batch) -> None:
        batch.add(self._batch)
        self._batch = batch
        lost = batch.shrink(MOST_KEPT)
        if lost:
            self._counters.dropped(lost)


def _exchanged(
    database: Database, *, verifier: str, asked: Sequence[Asked], now: int
) -> tuple[list[Heard], int]:
    if not asked:
        with database.reading() as connection:
            return [], living(connection, now)
    with database.counting() as connection:
        return exchange(connection, verifier, asked, now)


def _left(database: Database, *, verifier: str, asked: Sequence[Asked]) -> None:
    with database.counting() as connection:
        leave(connection, verifier, asked)


class _Writing:
    """One batch on its way into the store, some keys at a time."""

    def __init__(self, batch: Batch, tables: UsageTables) -> None:
        self._batch: Batch | None = batch
        self._parts: list[Batch] = []
        self._tables = tables
        self.lost = 0
        """Requests of keys that the store does not have."""
        self.took_s = 0.0
        """Seconds of a processor."""
        self.held_s = 0.0
        """Seconds that the last transaction took."""

    def some(self, database: Database) -> bool:
        """Write some; return whether there is more. Raises StoreUnusable."""
        worked, began = time.thread_time(), time.monotonic()
        if self._batch is not None:
            self._parts, self._batch = self._batch.parts(KEYS_AT_ONCE), None
        part = self._parts[-1]
        try:
            write(database, part, self._tables)
        except IntegrityError:
            # The store was replaced by one that never had these keys: the counts have no home.
            self.lost += sum(part.verdicts.values())
        del self._parts[-1]
        self.took_s += time.thread_time() - worked
        self.held_s = time.monotonic() - began
        return bool(self._parts)

    def rest(self) -> Batch:
        """Return what was not written."""
        rest = self._batch or Batch()
        for part in self._parts:
            rest.add(part)
        return rest
