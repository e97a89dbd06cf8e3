"""Values that are proven by a password's hash: beside the loop, few at a time, and each once.

Whoever knows what is public of a key could make the machine hash for nothing. So there is one
thread, which rests three times as long as it has worked; few wait for it, of one key or network
fewer still; and what was wrong is remembered. All others are told to come back: none of them is
told that a key is unknown which nobody has compared.
"""

import asyncio
import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from secrets import token_bytes
from time import monotonic

from argon2.exceptions import HashingError

from store.verifier.problems import unavailable
from store.verifier.sanitize import harmless

MOST_WAITING, MOST_OF_ONE = 16, 2
"""Values that wait or are compared: of all keys, and of one."""
MOST_OF_NETWORK = 8
"""Of those, by one network; of one key a single one. Whoever guesses leaves room for all others."""
RESTS = 3
"""Times as long as it has worked: a worker spends a quarter of one core on it, no more."""
MOST_KNOWN = 10_000

_log = logging.getLogger("keydeck.verifier")


class Proving(Exception):
    """It is being found out. Once `settled` is done the same question has an answer."""

    def __init__(self, settled: asyncio.Future[bool]) -> None:
        super().__init__()
        self.settled = settled


class Proofs:
    """Those of one worker. Begun on its loop alone: elsewhere they are known already, or 503."""

    def __init__(self, rests: float = RESTS) -> None:
        # As in store.verifier.memory: it dies with the process.
        self._keyed = blake2b(key=token_bytes(), digest_size=16)
        self._known: OrderedDict[bytes, bool] = OrderedDict()
        self._under_way: dict[bytes, asyncio.Future[bool]] = {}
        self._of_each: Counter[tuple[str, ...]] = Counter()
        self._rests = rests
        self._closing = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keydeck-prove")

    def proven(self, presented: str, digest: str, prove: Callable[[], bool], network: str) -> bool:
        """Return whether a value is that of a key, which is named by its digest.

        `network` is what whoever presented it is counted under.
        Raises Proving where that is not known yet, and Problem (503) where too many wait, or nobody
        could be waited for.
        """
        mac = self._keyed.copy()
        mac.update(f"{digest} {presented}".encode())
        asked = mac.digest()
        known = self._known.get(asked)
        if known is not None:
            return known
        settled = self._under_way.get(asked)
        if settled is None:
            settled = self._begun(asked, digest, prove, network)
        raise Proving(settled)

    def close(self) -> None:
        """Begin nothing more."""
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)

    def _begun(
        self, asked: bytes, digest: str, prove: Callable[[], bool], network: str
    ) -> asyncio.Future[bool]:
        counted = (digest,), (digest, network), ("", network)
        full = len(self._under_way) >= MOST_WAITING or any(
            self._of_each[one] >= most
            for one, most in zip(counted, (MOST_OF_ONE, 1, MOST_OF_NETWORK), strict=True)
        )
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Inside a write's transaction, where it is known already, or was forgotten meanwhile.
            raise unavailable() from None
        if full or self._closing.is_set():
            raise unavailable()
        settled = loop.run_in_executor(self._thread, self._work, prove)
        self._under_way[asked] = settled
        self._of_each.update(counted)
        settled.add_done_callback(partial(self._settle, asked, counted))
        return settled

    def _settle(
        self, asked: bytes, counted: tuple[tuple[str, ...], ...], settled: asyncio.Future[bool]
    ) -> None:
        del self._under_way[asked]
        for one in counted:
            self._of_each[one] -= 1
            if not self._of_each[one]:
                del self._of_each[one]
        if settled.cancelled() or settled.exception() is not None:
            return
        self._known[asked] = settled.result()
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def _work(self, prove: Callable[[], bool]) -> bool:
        if self._closing.is_set():
            raise unavailable()
        self._closing.wait(self._until - monotonic())
        began = monotonic()
        try:
            return prove()
        except (HashingError, MemoryError) as error:
            _log.warning("A password's hash could not be compared: %s", harmless(str(error)))
            raise unavailable() from None
        finally:
            now = monotonic()
            self._until = now + self._rests * (now - began)

    _until = 0.0
