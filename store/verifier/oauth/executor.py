"""Where the work of OAuth is done: use cases in a thread, passwords in another, one at a time."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.types import Scope

from store.domain.networks import network_of
from store.errors import SignInFailed, TooManyAttempts
from store.operations.store import Store
from store.verifier.context import WorkerContext
from store.verifier.problems import unavailable

T = TypeVar("T")

MOST_WAITING = 64
MOST_PASSWORDS_WAITING = 8
MOST_FAILED = 10_000
"""Networks that are remembered for having failed; beyond that the one that did longest ago goes."""
FAILED_FOR_S = 3600.0


class _Slot:
    def __init__(self, name: str, most: int) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._most = most
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most:
            raise unavailable()
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await asyncio.shield(loop.run_in_executor(self._thread, work))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._thread.shutdown()


class Executor:
    """One worker's threads for all that waits. Verifications never stand in their queue."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._work = _Slot("keydeck-oauth", MOST_WAITING)
        # Argon2id takes 50 ms of a core and 64 MiB: strangers may have that once, not many times.
        # And once more, for whoever comes from where nobody has failed.
        self._passwords = _Slot("keydeck-password", MOST_PASSWORDS_WAITING)
        self._first = _Slot("keydeck-password-first", MOST_PASSWORDS_WAITING)
        self._failed: dict[str, float] = {}
        self._trying: set[str] = set()

    async def run(self, use: Callable[[Store], T]) -> T:
        """Return what a use case does. Raises Problem (503) where too many wait."""
        store = self._store()
        return await self._work.run(lambda: use(store))

    async def prove(self, network: str, use: Callable[[Store], T]) -> T:
        """Return what a use case does that checks a password, for somebody in a network.

        However many keep failing, from as many networks, they stand in a queue of their own.
        Raises Problem (503).
        """
        store = self._store()
        if self._has_failed(network) or network in self._trying:
            return await self._checked(self._passwords, network, lambda: use(store))
        self._trying.add(network)
        try:
            return await self._checked(self._first, network, lambda: use(store))
        finally:
            self._trying.discard(network)

    async def _checked(self, slot: _Slot, network: str, work: Callable[[], T]) -> T:
        try:
            found = await slot.run(work)
        except (SignInFailed, TooManyAttempts):
            self._note(network)
            raise
        self._failed.pop(network, None)
        return found

    def _has_failed(self, network: str) -> bool:
        failed_at = self._failed.get(network)
        return failed_at is not None and time.monotonic() - failed_at < FAILED_FOR_S

    def _note(self, network: str) -> None:
        # Last in the order: of too many the one goes that failed longest ago.
        self._failed.pop(network, None)
        if len(self._failed) >= MOST_FAILED:
            del self._failed[next(iter(self._failed))]
        self._failed[network] = time.monotonic()

    def address(self, scope: Scope) -> str | None:
        """Return where a request comes from, None where nobody can tell."""
        return self._context.clients.address(scope)

    def network(self, scope: Scope) -> str:
        """Return what a request is counted under."""
        return network_of(self.address(scope))

    def close(self) -> None:
        """End the threads."""
        self._work.close()
        self._passwords.close()
        self._first.close()

    def _store(self) -> Store:
        context = self._context
        context.check_peppers()
        return Store(context.transactions())
