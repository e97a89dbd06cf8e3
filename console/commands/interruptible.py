"""Reading that an interrupt ends, whenever it comes.

Python looks for signals before it reads and where a read was broken off. One that comes between the
look and the read is not heard until the read returns: at a prompt, not before enter. Here a signal
makes a descriptor readable (`signal.set_wakeup_fd`), and that is waited for beside the input.
"""

import io
import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class InterruptibleReader(io.RawIOBase):
    """Reads a descriptor, which stays its owner's. Raises whatever a signal's handler raises."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def readable(self) -> bool:
        """Return True: that is all it can do."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what has come, once anything has; return how much that was."""
        with _signals() as signals:
            while self._descriptor not in select.select([self._descriptor, *signals], [], [])[0]:
                # Whoever handled it goes on waiting.
                os.read(signals[0], select.PIPE_BUF)
        return os.readv(self._descriptor, [buffer])


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Give a descriptor that each signal makes readable; none in a thread that gets no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    heard, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    before = signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    try:
        yield [heard]
    finally:
        signal.set_wakeup_fd(before)
        os.close(wakeup)
        os.close(heard)
