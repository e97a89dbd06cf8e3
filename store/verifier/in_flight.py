"""What is being done right now, so that it is not begun twice, by whichever worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

try:
    import fcntl
except ImportError:  # Windows, where there is one worker
    fcntl = None  # type: ignore[assignment]


class InFlight:
    """Things that one process or another of this verifier is at. Used from one worker's loop.

    Between processes a thing is a byte of a file they share, locked as long as it lasts: the
    system lets go of it with a process, however that ends.
    """

    def __init__(self, fd: int = -1) -> None:
        """`fd` is a file that all workers have open, -1 where there is but one."""
        self._fd = fd if fcntl is not None else -1
        self._here: set[int] = set()

    @contextmanager
    def begun(self, *thing: str) -> Iterator[bool]:
        """Say whether a thing was begun by nobody else; if so it is until the block ends."""
        # Far beyond the file's end, where nothing is but such locks.
        place = 2**32 + int.from_bytes(sha256(repr(thing).encode()).digest()[:7])
        if place in self._here or not self._lock(place):
            yield False
            return
        self._here.add(place)
        try:
            yield True
        finally:
            self._here.discard(place)
            if self._fd >= 0:
                fcntl.lockf(self._fd, fcntl.LOCK_UN, 1, place)

    def _lock(self, place: int) -> bool:
        if self._fd < 0:
            return True
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
        return True
