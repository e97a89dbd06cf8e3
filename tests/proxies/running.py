"""One proxy in a process of its own, from the moment it answers on."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proxies.programs import Program
from tests.verifier.serving import PATIENCE_S, received

_STARTS = 3


class NotStarted(AssertionError):
    """A proxy that ends instead of listening."""


class Proxy:
    """A proxy that was started with files from a folder, in which it is told its places."""

    def __init__(self, program: Program, files: Path, folder: Path, **places: object) -> None:
        """Fill in the files, in which `@name@` stands for a place, and start it.

        `@port@` is the port to listen on, `@folder@` one that is its own. `folder` need not exist.
        """
        path = program.path()
        if path is None:
            pytest.skip(f"{program.name} is not installed")
        self.name = files.name
        self._program = path, program
        self._files, self._folder, self._places = files, folder, places
        self._log = folder / "log"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Run it on a free port and return when it accepts connections."""
        for _ in range(_STARTS):
            if self._started():
                return
        raise NotStarted(f"{self.name} does not start: {self.said()}")

    def stop(self) -> None:
        """End it, and whatever it listened on."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def said(self) -> str:
        """Return what it wrote to its output and its errors."""
        return self._log.read_text("utf-8", "replace")

    def connect(self) -> socket.socket:
        """Return a connection on which bytes are sent as they are."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def answers(self, path: str) -> int:
        """Return the status of a GET."""
        with self.connect() as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            return received(wire).status_code

    def _started(self) -> bool:
        # Another process may take the port before this one does; then it ends, and the next is
        # tried.
        self.port = free_port()
        self._fill_in()
        path, program = self._program
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [path, *program.options(self._folder)],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HOME": str(self._folder)},
            )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                self.connect().close()
            except OSError:
                if self._process.poll() is not None:
                    return False
                time.sleep(0.02)
            else:
                if self._process.poll() is None:
                    return True
        self.stop()
        return False

    def _fill_in(self) -> None:
        places = {**self._places, "port": self.port, "folder": self._folder}
        for file in self._files.iterdir():
            text = file.read_text("utf-8")
            for name, place in places.items():
                text = text.replace(f"@{name}@", str(place))
            (self._folder / file.name).write_text(text, "utf-8")


@contextmanager
def running(program: Program, files: Path, folder: Path, **places: object) -> Iterator[Proxy]:
    """Run a proxy as long as the block does. Skips the test where it is not installed."""
    proxy = Proxy(program, files, folder, **places)
    try:
        yield proxy
    finally:
        proxy.stop()


def free_port() -> int:
    """Return a port that nobody has at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
