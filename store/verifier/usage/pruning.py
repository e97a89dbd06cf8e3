"""Letting go of what is read no more: when a worker begins, and every hour.

That is answers that are not given again, and what was used of limits in windows that are over.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from store.domain.clock import Clock
from store.errors import StoreUnusable
from store.persistence.database import Database
from store.persistence.repositories.idempotency import PRUNED_AT_ONCE, prune
from store.verifier.usage.limit_pruning import Place, prune_counts

PRUNE_EVERY_S = 3600.0
PAUSE_S = 0.1
"""For whoever else wants the store's lock."""


class Pruning:
    """One worker's. Any number of workers may do it at once."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        """`database` gives the engine on the file that stands at the store's path now."""
        self._database = database
        self._clock = clock
        self._looked_at: Place | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Prune until `stop` was called. A store that cannot be used is tried an hour later."""
        stopping = False
        while not stopping:
            more = False
            with suppress(StoreUnusable):
                more = await asyncio.to_thread(self.prune_some, self._database())
            with suppress(TimeoutError):
                pause = PAUSE_S if more else PRUNE_EVERY_S
                stopping = await asyncio.wait_for(self._stopping.wait(), pause)

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    def prune_some(self, database: Database) -> bool:
        """Let some go; return whether there may be more."""
        now = self._clock.now()
        with database.tidying() as connection:
            if prune(connection, now) == PRUNED_AT_ONCE:
                return True
        self._looked_at = prune_counts(database, now, self._looked_at)
        return self._looked_at is not None
