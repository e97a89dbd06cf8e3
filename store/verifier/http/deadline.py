"""The one deadline of a connection: there is always exactly one, and it moves."""

import asyncio
from collections.abc import Callable
from math import inf

_CLOCK_S = 0.002
"""A loop's clock may go in milliseconds."""


class Deadline:
    """Calls when it is over. Moving it later costs no timer: the one that is set looks again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, over: Callable[[], None]) -> None:
        self._loop = loop
        self._over = over
        self._at = self._rings = inf
        self._timer: asyncio.TimerHandle | None = None

    def within(self, seconds: float) -> None:
        """Be over in so many seconds from now, whatever was said before."""
        self._at = self._loop.time() + seconds
        if self._at < self._rings:
            self.cancel()
            self._set()

    def cancel(self) -> None:
        """Never be over: the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()

    def _set(self) -> None:
        self._rings = self._at
        self._timer = self._loop.call_at(self._at, self._look)

    def _look(self) -> None:
        if self._loop.time() < self._at - _CLOCK_S:
            self._set()
        else:
            self._rings = inf
            self._over()
