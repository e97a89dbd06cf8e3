"""A process in a pseudo-terminal, whose every byte is stamped when it arrives.

A *frame is finished* at the last byte of a burst, that is, of output followed by `QUIET` seconds
without any, after which the emulated screen shows what was asked for. The process has *settled*
when nothing came for `SETTLED` seconds; all bytes until then belong to the key that was pressed,
also those of numbers and of the pane that follow the frame. No query of the process is answered.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pyte

from tests.terminal.screen import Terminal

QUIET = 0.03
SETTLED = 0.25
PATIENCE = 60.0

Shows = Callable[[pyte.Screen], bool]


class Watched(Terminal):
    """A terminal that remembers when each byte came; read by a thread, so that none waits."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        *,
        columns: int,
        lines: int,
        cwd: Path,
    ) -> None:
        self.began = time.perf_counter()
        super().__init__(arguments, environment, columns=columns, lines=lines, cwd=cwd)
        self.first_byte: float | None = None
        self._blocks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._last = self.began
        self._reader = threading.Thread(target=self._stamp, daemon=True)
        self._reader.start()

    @property
    def cpu_ms(self) -> float:
        """Processor time so far: what waits for other programs is not in it."""
        spent = psutil.Process(self.process.pid).cpu_times()
        return (float(spent.user) + float(spent.system)) * 1000

    @property
    def mib(self) -> float:
        """Resident memory now, in MiB."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    def press(self, keys: str, shows: Shows, patience: float = PATIENCE) -> tuple[float, int, int]:
        """Type; return milliseconds and bytes to the finished frame, and bytes until it settled.

        Raises TimeoutError when the screen never shows it.
        """
        before, began = len(self.raw), time.perf_counter()
        self.send(keys)
        finished = self.frame(shows, patience)
        sent = len(self.raw) - before
        self.settle()
        return (finished - began) * 1000, sent, len(self.raw) - before

    def frame(self, shows: Shows, patience: float = PATIENCE) -> float:
        """Return when the first frame was finished that shows something. Raises TimeoutError."""
        ends = time.perf_counter() + patience
        while time.perf_counter() < ends:
            if not self._burst(QUIET, ends) and not self.process.isalive():
                break
            if shows(self.screen):
                return self._last
        raise TimeoutError(f"never shown:\n{self.text}")

    def settle(self) -> None:
        """Wait until nothing comes any more."""
        while self._burst(SETTLED, time.perf_counter() + SETTLED):
            continue

    def end(self) -> None:
        """Make an end of the process."""
        self.process.kill(9)
        self._reader.join()
        self.process.close(force=True)

    def _burst(self, quiet: float, ends: float) -> bool:
        """Take in output up to a silence; return whether there was any."""
        taken: list[bytes] = []
        while True:
            wait = quiet if taken else max(quiet, min(0.5, ends - time.perf_counter()))
            try:
                at, block = self._blocks.get(timeout=wait)
            except queue.Empty:
                break
            self._last = at
            taken.append(block)
        for block in taken:
            self.raw += block
            self._stream.feed(block)
        return bool(taken)

    def _stamp(self) -> None:
        while True:
            try:
                block = os.read(self.process.child_fd, 65536)
            except OSError:
                return
            if not block:
                return
            at = time.perf_counter()
            self.first_byte = self.first_byte or at
            self._blocks.put((at, block))
