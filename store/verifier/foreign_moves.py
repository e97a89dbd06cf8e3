"""Keys that somebody else made, presented for the first time: written down behind the answer."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from store.errors import StoreUnusable
from store.service.transactions import Transactions

_log = logging.getLogger("keydeck.verifier")

_MOST_WAITING = 1000


class ForeignMoves:
    """One thread, which writes down which were presented, one after the other.

    What cannot be written is tried again when it is presented again.
    """

    def __init__(self, transactions: Callable[[], Transactions]) -> None:
        """`transactions` gives what to write with, on the worker's loop; it may raise."""
        self._transactions = transactions
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keydeck-move")

    def add(self, workspace_id: int, key_id: str, arrived: tuple[str, str] | None = None) -> None:
        """Take one, unless it is under way already. Nothing is raised.

        `arrived` is, of a value that was proven by a guard, that one's digest and what it is proven
        by from now on.
        """
        with self._lock:
            if key_id in self._under_way or len(self._under_way) >= _MOST_WAITING:
                return
        try:
            transactions = self._transactions()
        except StoreUnusable:
            return
        with self._lock:
            self._under_way.add(key_id)
        self._thread.submit(self._move, transactions, workspace_id, key_id, arrived)

    def close(self) -> None:
        """Write what waits."""
        self._thread.shutdown()

    def _move(
        self,
        transactions: Transactions,
        workspace_id: int,
        key_id: str,
        arrived: tuple[str, str] | None,
    ) -> None:
        try:
            with transactions.keeping() as unit:
                if arrived is not None:
                    unit.foreign.set_arrived(workspace_id, *arrived)
                unit.keys.set_moved(workspace_id, key_id)
        except StoreUnusable:
            pass
        except Exception:
            _log.exception("A key that was brought along could not be told to have arrived.")
        with self._lock:
            self._under_way.discard(key_id)
