"""How often one address may ask, kept in the memory of one process."""

import time
from collections.abc import Callable

from store.domain.networks import network_of

WINDOW_S = 60.0
MOST_ADDRESSES = 10_000
"""Beyond that the oldest is forgotten."""


class Limit:
    """So many in a minute for each network."""

    def __init__(self, most: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._monotonic = monotonic
        self._counted: dict[str, tuple[float, int]] = {}

    def wait_s(self, address: str | None) -> int:
        """Count one more; return 0, or for how many seconds there are too many."""
        whose, now = network_of(address), self._monotonic()
        began, number = self._counted.get(whose, (now, 0))
        if now - began >= WINDOW_S:
            began, number = now, 0
            self._counted.pop(whose, None)
        if number >= self._most:
            return max(1, round(WINDOW_S - (now - began)))
        if whose not in self._counted and len(self._counted) >= MOST_ADDRESSES:
            del self._counted[next(iter(self._counted))]
        self._counted[whose] = (began, number + 1)
        return 0

    def forgive(self, address: str | None) -> None:
        """Take one back: it came from somebody who may ask as often as they like."""
        whose = network_of(address)
        if whose in self._counted:
            began, number = self._counted[whose]
            self._counted[whose] = (began, number - 1)
