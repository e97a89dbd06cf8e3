"""Time as a dependency, so that every rule about it can be tested."""

import time
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> int:
        """Return the current instant in UTC milliseconds since 1970."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Return the current instant in UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class FixedClock:
    """A clock that stands still until it is moved, for tests and pictures."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        """Return the instant it was last set to, in UTC milliseconds."""
        return self.instant

    def advance(self, milliseconds: int) -> None:
        """Move the clock by that many milliseconds; negative moves it back."""
        self.instant += milliseconds
