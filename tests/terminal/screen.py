"""A terminal to sit at: the console in a real pseudo-terminal, read by a real emulator."""

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pyte

PATIENCE = 60.0


class Terminal:
    """A process in a pseudo-terminal, and what its screen shows."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        *,
        columns: int = 80,
        lines: int = 24,
        cwd: Path | None = None,
    ) -> None:
        self.raw = b""
        """Every byte the process has written."""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.process = pexpect.spawn(
            arguments[0],
            arguments[1:],
            env=environment,
            dimensions=(lines, columns),
            cwd=str(cwd) if cwd else None,
            timeout=PATIENCE,
        )
        self.process.delaybeforesend = None

    @property
    def text(self) -> str:
        """What the screen shows now."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def cells(self) -> list[list[Any]]:
        """The screen's cells, with their colours and whether they are bold or reversed."""
        lines = self.screen.buffer
        return [[lines[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]

    def cells_of(self, text: str) -> list[Any]:
        """Return the cells of a text that the screen shows."""
        for y, line in enumerate(self.screen.display):
            if (x := line.find(text)) >= 0:
                return self.cells[y][x : x + len(text)]
        raise AssertionError(f"not there: {text}\n{self.text}")

    def read(self, seconds: float = 0.05) -> None:
        """Take in what the process writes within that time; nothing once the terminal is cut."""
        if self.process.closed:
            time.sleep(seconds)
            return
        try:
            block: Any = self.process.read_nonblocking(65536, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += block
        # The emulator would draw the end of kitty's sequences for the keyboard.
        self._stream.feed(re.sub(rb"\x1b\[[<>=]\d*u", b"", block))

    def wait(self, condition: Callable[[str], object], what: str) -> str:
        """Read until a condition on the screen's text holds; return the text."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read()
            if condition(self.text):
                return self.text
        raise AssertionError(f"never came: {what}\n{self.text}")

    def sees(self, text: str) -> str:
        """Read until the screen shows a text."""
        return self.wait(lambda screen: text in screen, text)

    def loses(self, text: str) -> str:
        """Read until the screen no longer shows a text."""
        return self.wait(lambda screen: text not in screen, f"the end of {text}")

    def write_over(self, text: str) -> None:
        """Show a text that the process knows nothing of, as `wall` does."""
        self._stream.feed(f"\x1b[10;1H{text}".encode())

    def send(self, keys: str) -> None:
        """Type."""
        self.process.send(keys)

    def line(self, text: str) -> None:
        """Type a text and press enter."""
        self.send(text + "\r")

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(lines, columns)
        self.process.setwinsize(lines, columns)

    def cut(self) -> None:
        """Close the terminal under the process, and wait for its end."""
        process = psutil.Process(self.process.pid)
        os.close(self.process.child_fd)
        self.process.child_fd, self.process.closed = -1, True
        process.wait(PATIENCE)

    def ended(self, within: float = PATIENCE) -> int:
        """Wait for the process to end and return its exit status, or 128 and its signal."""
        end = time.monotonic() + within
        while self.process.isalive():
            if time.monotonic() > end:
                raise AssertionError(f"still running after {within} s\n{self.text}")
            self.read(0.02)
        # What it wrote last may have come after the last look.
        before = -1
        while len(self.raw) > before:
            before = len(self.raw)
            self.read(0.02)
        status = self.process.exitstatus
        return status if status is not None else 128 + int(self.process.signalstatus or 0)


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing of the machine's keydeck, in a 256-colour terminal."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "ESCDELAY": "25",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        **more,
    }


@contextmanager
def sitting(
    folder: Path,
    *arguments: str,
    columns: int = 80,
    lines: int = 24,
    before: Sequence[str] = (),
    **environment: str,
) -> Iterator[Terminal]:
    """Sit at a terminal with `keydeck ARGUMENTS` running in it, `before` which stands a command."""
    terminal = Terminal(
        [*before, sys.executable, "-m", "console", *arguments],
        surroundings(folder, **environment),
        columns=columns,
        lines=lines,
        cwd=folder,
    )
    try:
        yield terminal
    finally:
        with contextlib.suppress(OSError):
            terminal.process.close(force=True)
