"""The reserve: room on the disk of a store on SQLite, so that a revocation fits when it is full.

A small file beside the store that holds nothing. What takes rights away is given a part of its room
when the disk has none left; from then on nothing else is written, for it would use up the rest,
until there is room again and the file is whole.
"""

import os
from contextlib import suppress
from pathlib import Path

from store.system.disk import room

SIZE = 1 << 20
PART = SIZE // 8
"""More than a revocation has to have: its pages in the write-ahead log, and the log's index."""


class Reserve:
    """The reserve of one store."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}-reserve")
        self._folder = store.absolute().parent

    def make(self) -> None:
        """Make it, or make it whole again, where there is room for more than that."""
        held = self._held()
        if held == SIZE or room(self._folder) < 2 * SIZE:
            return
        with suppress(OSError):
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                os.posix_fallocate(file, 0, SIZE)
            except OSError:
                os.ftruncate(file, held or 0)
                raise
            finally:
                os.close(file)

    def given_up(self) -> bool:
        """Return whether a part of it was needed and there is no room for it yet."""
        held = self._held()
        if held is None or held == SIZE:
            return False
        self.make()
        return self._held() != SIZE

    def holds(self) -> bool:
        """Return whether there is something of it left."""
        return bool(self._held())

    def give(self) -> bool:
        """Give up a part of it where the disk is full; return whether that is full."""
        if room(self._folder) >= PART:
            return False
        if held := self._held():
            with suppress(OSError):
                os.truncate(self.path, max(0, held - PART))
        return True

    def _held(self) -> int | None:
        try:
            return self.path.lstat().st_size
        except OSError:
            return None
