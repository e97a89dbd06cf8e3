"""Other programs on the store, each a process of its own.

A shell is Python's own SQLite: it knows nothing of keydeck. Each line it reads is a statement, and
it answers when that has committed. A scribbler writes into a wal-index, as none should.
"""

import json
import mmap
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO

PATIENCE_S = 60
"""Whoever commits a thousand times a second leaves the lock to few on a machine that is busy."""


class _Program:
    def __init__(self, *given: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *given], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def _ask(self, what: str) -> str:
        _pipe(self._process.stdin).write(json.dumps(what).encode() + b"\n")
        _pipe(self._process.stdin).flush()
        return _pipe(self._process.stdout).readline().decode().strip()

    def close(self) -> None:
        """End it."""
        _pipe(self._process.stdin).close()
        self._process.wait()
        _pipe(self._process.stdout).close()


class Shell(_Program):
    """Another SQLite on a store."""

    def __init__(self, store: Path) -> None:
        super().__init__("shell", str(store))

    def run(self, statement: str) -> None:
        """Let it commit a statement. Raises AssertionError where it could not."""
        said = self._ask(statement)
        assert said == "done", said


class Scribbler(_Program):
    """Whoever writes into a wal-index. In this process closing it would drop SQLite's locks."""

    def __init__(self, index: Path) -> None:
        super().__init__("scribbler", str(index))

    def counter(self) -> int:
        """Return the change counter of its header."""
        return int(self._ask("counter"))

    def damage(self) -> None:
        """Leave the header as a writer does that is killed between its two copies."""
        self._ask("damage")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _shell(store: str) -> None:
    connection = sqlite3.connect(store, isolation_level=None, timeout=PATIENCE_S)
    for line in sys.stdin:
        try:
            connection.execute(json.loads(line)).fetchall()
        except sqlite3.Error as error:
            print(repr(error), flush=True)
        else:
            print("done", flush=True)


def _scribbler(index: str) -> None:
    mapped = mmap.mmap(os.open(index, os.O_RDWR), 96)
    for line in sys.stdin:
        if json.loads(line) == "damage":
            mapped[48 + 8] ^= 0xFF
        print(int.from_bytes(mapped[8:12], sys.byteorder), flush=True)


if __name__ == "__main__":
    {"shell": _shell, "scribbler": _scribbler}[sys.argv[1]](sys.argv[2])
