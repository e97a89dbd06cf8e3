"""One clock for this process and a verifier in another: the machine's, moved on by hand."""

import mmap
import time
from pathlib import Path

import pytest

from store.domain.clock import SystemClock

_SIZE = 8


class MovingClock:
    """The machine's clock and what it was moved on by, which stands in a file both map."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        self.path = path
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)

    def now(self) -> int:
        """Return the instant in UTC milliseconds."""
        moved = int.from_bytes(self._shared[:], "little")
        return time.time_ns() // 1_000_000 + moved

    def advance(self, milliseconds: int) -> None:
        """Move it on, for everybody who has the file."""
        moved = int.from_bytes(self._shared[:], "little")
        self._shared[:] = (moved + milliseconds).to_bytes(_SIZE, "little")

    def rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be this process's system clock."""
        monkeypatch.setattr(SystemClock, "now", lambda _: self.now())

    @property
    def prelude(self) -> str:
        """Lines of Python that make it another process's system clock."""
        return (
            "from pathlib import Path\n"
            "from store.domain.clock import SystemClock\n"
            "from tests.stories.moving_clock import MovingClock\n"
            f"clock = MovingClock(Path({str(self.path)!r}))\n"
            "SystemClock.now = lambda self: clock.now()\n"
        )
