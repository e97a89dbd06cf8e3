"""Reports of leaked keys on their way into the store, behind the answer.

Whoever reports is answered before anything is looked up, so that neither the answer nor its time
tells whether there is such a key.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from store.domain.leases.receipt import Underway
from store.errors import StoreUnusable
from store.service.commits import Commit
from store.service.in_force import InForce
from store.service.leaks import LeakReports, Reported
from store.service.transactions import Transactions

MOST_WAITING = 5000
"""Reports that are held while the store cannot be written; beyond that none is taken."""
AGAIN_AFTER_S = 1.0

_log = logging.getLogger("keydeck.verifier")


class _ClosingError(Exception):
    """Nobody waits any more."""


class LeakQueue:
    """One thread, which takes one report after the other."""

    def __init__(self) -> None:
        self._waiting = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._given_up = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keydeck-leaks")
        # No report waits for the verifiers to have heard of the one before.
        self._receipts = ThreadPoolExecutor(1, thread_name_prefix="keydeck-receipts")

    def add(self, transactions: Transactions, reports: Sequence[Reported]) -> bool:
        """Take reports; return whether there was room for them. No I/O."""
        with self._lock:
            if self._waiting + len(reports) > MOST_WAITING:
                return False
            self._waiting += len(reports)
        self._thread.submit(self._take, transactions, reports)
        return True

    def close(self) -> None:
        """Write what waits; the first that cannot be written then is the last that is tried."""
        self._closing.set()
        self._thread.shutdown()
        self._receipts.shutdown(cancel_futures=True)

    def _take(self, transactions: Transactions, reports: Sequence[Reported]) -> None:
        taking = LeakReports(transactions)
        for report in reports:
            try:
                if commits := self._write(taking, report):
                    self._receipts.submit(self._keep_receipt, transactions, commits)
            except Exception:
                # One that is a defect of ours must not keep the others out.
                _log.exception("A report of a leaked key could not be taken.")
            with self._lock:
                self._waiting -= 1

    def _keep_receipt(self, transactions: Transactions, commits: Sequence[Commit]) -> None:
        def stop_when_closing(underway: Underway) -> None:
            if self._closing.is_set():
                raise _ClosingError

        try:
            InForce(transactions).wait(commits, stop_when_closing)
        except _ClosingError:
            pass
        except Exception:
            _log.exception("The receipt of a revocation could not be kept.")

    def _write(self, taking: LeakReports, report: Reported) -> Sequence[Commit]:
        while not self._given_up:
            try:
                return taking.take(report).commits
            except StoreUnusable as error:
                _log.warning("A report of a leaked key waits. %s", error)
                if self._closing.wait(AGAIN_AFTER_S):
                    self._given_up = True
                    _log.error("Reports of leaked keys are lost. %s", error)
        return ()
