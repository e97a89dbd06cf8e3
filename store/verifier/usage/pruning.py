"""Letting go of answers that are given again no more: when a worker begins, and every hour."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from store.domain.clock import Clock
from store.errors import StoreUnusable
from store.persistence.database import Database
from store.persistence.repositories.idempotency import prune

PRUNE_EVERY_S = 3600.0


class Pruning:
    """One worker's. Any number of workers may do it at once."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        """`database` gives the engine on the file that stands at the store's path now."""
        self._database = database
        self._clock = clock
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Prune until `stop` was called. A store that cannot be used is tried an hour later."""
        stopping = False
        while not stopping:
            with suppress(StoreUnusable):
                await asyncio.to_thread(self._prune, self._database())
            with suppress(TimeoutError):
                stopping = await asyncio.wait_for(self._stopping.wait(), PRUNE_EVERY_S)

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    def _prune(self, database: Database) -> None:
        with database.tidying() as connection:
            prune(connection, self._clock.now())
