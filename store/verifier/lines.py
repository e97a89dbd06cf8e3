"""Lines on standard error, written beside whoever has them: who reads slowly holds nobody up."""

import os
import select
import sys
import threading
import time
from collections import deque

MOST_WAITING = 50_000
"""Lines: more would be memory that whoever reads them decides about."""
LAST_WORDS_S = 2.0
"""How long the end waits for whoever reads."""
_WRITE_EVERY_S = 0.1
_AT_ONCE = 4096
"""Bytes that a pipe takes whole or not at all where it takes any (POSIX's PIPE_BUF on Linux)."""


class Lines:
    """Written in their order by a thread that never waits inside of a write.

    It writes to the descriptor, not to `sys.stderr`: whoever waits there holds its lock, and then
    nobody else can say anything, nor the process end.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        """`descriptor` is what is written to, by default standard error."""
        self._to = _stderr() if descriptor is None else descriptor
        self._waiting: deque[bytes] = deque()
        self._rest = b""
        self._dropped = 0
        self._ending = threading.Event()
        self._writer = threading.Thread(target=self._write, name="keydeck-lines", daemon=True)
        self._writer.start()

    @property
    def full(self) -> bool:
        """Whether so many wait that a further one is dropped."""
        return len(self._waiting) >= MOST_WAITING

    def put(self, line: bytes) -> None:
        """Have a line written, or dropped where too many wait; `line` ends with its end."""
        if self.full:
            self.drop()
        else:
            self._waiting.append(line)

    def drop(self) -> None:
        """Count a line that was not even made. How many were dropped is said."""
        self._dropped += 1

    def close(self) -> None:
        """Write what waits, as far as it is read within LAST_WORDS_S."""
        self._ending.set()
        self._writer.join(LAST_WORDS_S + 1)

    def _write(self) -> None:
        until: float | None = None
        while True:
            # Looked at before what waits: what was put until then is written.
            if self._ending.wait(_WRITE_EVERY_S) and until is None:
                until = time.monotonic() + LAST_WORDS_S
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                self._waiting.append(b"%d lines were dropped: nobody reads them\n" % dropped)
            try:
                while self._more() and self._takes():
                    self._rest = self._rest[os.write(self._to, self._rest[:_AT_ONCE]) :]
            except BlockingIOError:
                pass
            except (OSError, ValueError):
                # Nobody is there to read it any more; the verdicts go on.
                self._rest = b""
                self._waiting.clear()
            if until is not None and (not self._more() or time.monotonic() >= until):
                return

    def _more(self) -> bool:
        """Have whole lines at hand, no more than are written at once; return whether there are."""
        while self._waiting and len(self._rest) + len(self._waiting[0]) <= _AT_ONCE:
            self._rest += self._waiting.popleft()
        if not self._rest and self._waiting:
            self._rest = self._waiting.popleft()
        return bool(self._rest)

    def _takes(self) -> bool:
        if os.name != "posix":
            return True
        return bool(select.select((), (self._to,), (), _WRITE_EVERY_S)[1])


def _stderr() -> int:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return 2  # what stands in its place is no file
