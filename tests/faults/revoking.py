"""Somebody who makes keys and revokes them all the time, and keeps every receipt."""

import threading
import time
from collections import deque
from typing import NamedTuple

from store.domain.leases.clock import own_clock
from store.errors import AlreadyRevoked, KeydeckError
from store.service.keys import Issued
from tests.faults.clients import Clients
from tests.house import House

EVERY_S = 0.05
AHEAD = 12
"""Keys in use before the oldest is revoked: every verifier has met it by then."""
REMEMBERED = 48
VALID = 20


class Receipt(NamedTuple):
    """A revocation that was reported: instants of the monotonic clock, in nanoseconds."""

    key_id: str
    committed: int
    in_force: int


class Revoker:
    """Revokes until it is stopped; what fails is tried again."""

    def __init__(self, house: House, clients: Clients) -> None:
        self._house, self._clients = house, clients
        self.valid = [house.create(f"Valid {n}").secret.reveal() for n in range(VALID)]
        self._alive: deque[Issued] = deque()
        self._doomed: deque[str] = deque(maxlen=REMEMBERED)
        self._made = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.receipts: list[Receipt] = []
        self.failures: list[str] = []
        self.unknown = 0
        """Revocations that nobody was told to be in force."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the change that is under way is over."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self._step()
            except KeydeckError as error:
                self.failures.append(str(error))

    def _step(self) -> None:
        if len(self._alive) <= AHEAD:
            self._made += 1
            issued = self._house.create(f"Doomed {self._made}")
            self._alive.append(issued)
            self._doomed.append(issued.secret.reveal())
            self._clients.use(self.valid, list(self._doomed))
        if len(self._alive) > AHEAD:
            self._revoke(self._alive[0])

    def _revoke(self, issued: Issued) -> None:
        try:
            receipt = revoked(self._house, issued.key.id)
        except AlreadyRevoked:
            # It was committed though that could not be reported: there is no receipt to be held to.
            receipt = None
        self._alive.popleft()
        if receipt is None:
            self.unknown += 1
        else:
            self.receipts.append(receipt)
            self._clients.ask_now(issued.secret.reveal())


def revoked(house: House, key_id: str) -> Receipt | None:
    """Revoke a key and wait until that is in force; None where that is not known to be.

    Raises as the service does.
    """
    commits = house.store.keys.revoke(house.alice, key_id).commits
    told = house.store.in_force.wait(commits)
    assert told is not None
    if told.after_ms is None:
        return None
    asleep = int(own_clock() * 1e9) - time.monotonic_ns()
    committed = int(commits[-1].returned * 1e9) - asleep
    return Receipt(key_id, committed, committed + told.after_ms * 1_000_000)
