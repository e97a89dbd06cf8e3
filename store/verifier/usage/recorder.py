"""Usage: counted in memory, written in one batch a second. Never delays a verification.

Counted are the verdicts given to somebody who held the secret: valid, expired, revoked, plan,
scope. Everything else belongs to no key and is only in /metrics. A key or a scope was used when
the verdict was valid. A write decides its verdict twice, and a revocation in between leaves one
count of each. What was counted in the last second before a crash is lost.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from store.domain.clock import Clock
from store.domain.credential import Credential
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.errors import StoreUnusable
from store.persistence.database import Database
from store.persistence.schema import OF_KEYS, UsageTables
from store.verifier.counters import Counters
from store.verifier.usage.batch import Batch
from store.verifier.usage.roll_up import roll_up_some
from store.verifier.usage.rows import write

FLUSH_EVERY_S = 1.0
ROLL_UP_EVERY_S = 3600.0
ROLL_UP_PAUSE_S = 0.1
"""For whoever else wants the store's lock: SQLite asks for it as seldom as that."""
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
    ) -> None:
        """`database` gives the engine on the file that stands at the store's path now.

        `tables` are those of keys, or those of connections.
        """
        self._tables = tables
        self._database = database
        self._counters = counters
        self._clock = clock
        self._batch = Batch()
        self._failing = False
        self._stopping = asyncio.Event()
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

    async def run(self) -> None:
        """Write what was counted once a second, and the rest once `stop` was called."""
        rolling_up = asyncio.create_task(self._roll_up_hourly())
        while not await self._stops_within(FLUSH_EVERY_S):
            await self.flush()
        await rolling_up
        await self.flush()
        self._thread.shutdown()

    def stop(self) -> None:
        """Let `run` write the rest and end. It is not cancelled: a batch may be on its way."""
        self._stopping.set()

    async def flush(self) -> None:
        """Write what was counted so far. A failure keeps it for the next time."""
        if not self._batch:
            return
        batch, self._batch = self._batch, Batch()
        try:
            await self._in_thread(lambda database: write(database, batch, self._tables))
        except IntegrityError:
            # The store was replaced by one that never had these keys: the counts have no home.
            self._counters.dropped(sum(batch.verdicts.values()))
        except StoreUnusable as error:
            self._keep(batch)
            self._say_failing(error)
        except Exception:
            self._keep(batch)
            self._counters.flushed(ok=False)
            _log.exception("Usage could not be written.")
        else:
            self._counters.flushed(ok=True)
            if self._failing:
                self._failing = False
                _log.warning("Usage is written again.")

    async def _roll_up_hourly(self) -> None:
        # What was counted is written in between: a turn takes the thread for one transaction.
        stopping = await self._stops_within(FLUSH_EVERY_S)
        while not stopping:
            again = await self._roll_up(self._clock.now())
            stopping = await self._stops_within(ROLL_UP_PAUSE_S if again else ROLL_UP_EVERY_S)

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
