"""What was no request, or came on one connection too many: counted, and now and then logged."""

import logging
import time
from collections.abc import Callable

from store.verifier.counters import Counters

EVERY_S = 60.0
"""Between two lines in the log about the same: strangers must not fill a disk."""

_log = logging.getLogger("keydeck.verifier")


class Rejections:
    """Counts by reason. A line in the log names one address and holds nothing that was sent."""

    def __init__(
        self, counters: Counters, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._counters = counters
        self._monotonic = monotonic
        self._said: dict[str, tuple[float, int]] = {}

    def note(self, reason: str, address: str | None) -> None:
        """Count one; say so unless that was said in the last minute."""
        self._counters.rejected(reason)
        now = self._monotonic()
        at, untold = self._said.get(reason, (now - EVERY_S, 0))
        if now - at < EVERY_S:
            self._said[reason] = (at, untold + 1)
            return
        self._said[reason] = (now, 0)
        more = f" {untold} more since the last such line." if untold else ""
        _log.warning("Rejected (%s): a connection from %s.%s", reason, address or "nowhere", more)
