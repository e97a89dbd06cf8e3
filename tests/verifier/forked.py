"""Programs in a process that has loaded the verifier already: loading takes most of a second."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO

from store.system import processes
from tests.verifier import loaded

UTF8 = {"PYTHONUTF8": "1"}
"""What a verifier of the tests has beside our environment."""

STARTS_WITHIN_S = 60.0
"""A busy machine loads a thousand files last."""
_RUNNING: "set[Forked]" = set()


class Forked:
    """A program with arguments of its own, to be had as a `subprocess.Popen` is."""

    def __init__(self, code: str, arguments: Sequence[str], errors: IO[bytes]) -> None:
        """Start it; it has the environment and the folder that are ours now."""
        order = {
            "code": code,
            "arguments": arguments,
            "folder": os.getcwd(),
            "environment": {**os.environ, **UTF8},
        }
        output, its_output = os.pipe()
        answers, its_answers = os.pipe()
        self.args = arguments
        self.stdout: IO[bytes] | None = os.fdopen(output, "rb")
        self._answers = os.fdopen(answers, "rb")
        try:
            given = (its_output, errors.fileno(), its_answers)
            socket.send_fds(_orders(), [json.dumps(order).encode()], given)
        finally:
            os.close(its_output)
            os.close(its_answers)
        told = self._told(STARTS_WITHIN_S)
        if not told:
            _orders.cache_clear()
            raise AssertionError("what forks the tests' verifiers does not, or has ended")
        self.pid = int(told)
        self.returncode: int | None = None
        _RUNNING.add(self)

    def poll(self) -> int | None:
        """Return its exit code, None as long as it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        told = self._told(timeout) if self.returncode is None else b""
        if told:
            self.returncode = os.waitstatus_to_exitcode(int(told))
            self._answers.close()
            _RUNNING.discard(self)
        return self.returncode

    def _told(self, timeout: float | None) -> bytes:
        """Return a line of what waits for it, nothing where none comes in so many seconds."""
        # Not select(): a test may hold thousands of connections.
        coming = select.poll()
        coming.register(self._answers)
        some = coming.poll(None if timeout is None else 1000 * timeout)
        return self._answers.readline() if some else b""


@cache
def _orders() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = processes.script(Path(loaded.__file__), str(theirs.fileno()))
        process = processes.start(command, pass_fds=[theirs.fileno()], env={**os.environ, **UTF8})

    def end() -> None:
        ours.close()
        # It waits for each of them.
        for one in tuple(_RUNNING):
            one.kill()
        process.wait(STARTS_WITHIN_S)

    atexit.register(end)
    return ours
