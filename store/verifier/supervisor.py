"""Several workers on one socket: starting them, replacing one that dies, stopping them all.

Workers are new processes, not forks: the console, whose threads a fork would break, may be the
parent. A worker's standard input is a pipe nobody writes to after the first line; its end tells a
worker that the parent is gone, however it went.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO

import msgspec

from store.errors import Invalid, KeydeckError, WorkerLost
from store.system import processes
from store.verifier.counters import Counters, block_size
from store.verifier.logs import told_from
from store.verifier.worker import DRAIN_S, Setup, Worker, end_signals

LOOK_EVERY_S = 0.05
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
_READY = b"ready\n"

_log = logging.getLogger("keydeck.verifier")


class _Told(msgspec.Struct):
    setup: Setup
    listening: int
    counters: int
    internal: int | None


class _Crew:
    def __init__(
        self,
        setup: Setup,
        listening: socket.socket,
        internal: socket.socket | None,
        block: IO[bytes],
        stopping: threading.Event,
    ) -> None:
        self._stopping = stopping
        self._setup = setup
        self._listening = listening
        self._internal = internal
        self._block = block
        self._processes: list[subprocess.Popen[bytes]] = []
        self._pause = FIRST_PAUSE_S

    def start(self) -> None:
        """Start every worker and wait until all accept connections, or are to stop.

        Raises WorkerLost.
        """
        self._processes = [self._started(worker) for worker in range(self._setup.workers)]
        for process in self._processes:
            self._await_ready(process)

    def replace_dead(self) -> None:
        """Start a new worker for each that ended, after a pause that doubles while they fail."""
        for worker, process in enumerate(self._processes):
            if process.poll() is None or self._stopping.wait(self._pause):
                continue
            code = process.returncode
            _log.warning("A worker ended with code %d; another takes its place.", code)
            self._processes[worker] = self._started(worker)
            try:
                self._await_ready(self._processes[worker])
                self._pause = FIRST_PAUSE_S
            except WorkerLost:
                self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Accept no more, let all workers drain, end by force what has not ended a little later."""
        # As long as one process holds it open, connections are accepted that nobody will answer.
        self._listening.close()
        if self._internal is not None:
            self._internal.close()
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 2 * DRAIN_S + 2
        for process in self._processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _started(self, worker: int) -> subprocess.Popen[bytes]:
        internal = None if self._internal is None else self._internal.fileno()
        fds = (self._listening.fileno(), self._block.fileno())
        process = processes.start(
            processes.module("store.verifier.supervisor"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=fds if internal is None else (*fds, internal),
            # Ctrl+C and a terminal that goes away are told to the parent alone, which lets them
            # drain: one that is starting could not.
            start_new_session=True,
        )
        message = _Told(msgspec.structs.replace(self._setup, worker=worker), *fds, internal)
        try:
            # Not as arguments: a store's address may hold a password.
            _pipe(process.stdin).write(msgspec.json.encode(message) + b"\n")
            _pipe(process.stdin).flush()
        except BrokenPipeError:
            pass  # it died at once, which is seen where it should say that it is ready
        return process

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        output = _pipe(process.stdout)
        # A busy machine takes many seconds to start one, and nobody waits as long for an end.
        while not select.select([output], [], [], LOOK_EVERY_S)[0]:
            if self._stopping.is_set():
                return
        if output.readline() != _READY:
            raise WorkerLost(process.wait())


def supervise(
    setup: Setup,
    listening: socket.socket,
    internal: socket.socket | None,
    ready: Callable[[], None],
    draining: Callable[[], None],
) -> int:
    """Run `setup.workers` processes on a socket until they are to end, then let them drain.

    `internal` is where they answer the machines that watch. `ready` is called when all accept
    connections, `draining` when none does any more. Returns how many requests were answered. Raises
    WorkerLost when one cannot start, Invalid on a system whose processes cannot share a socket.
    """
    if os.name != "posix":
        raise Invalid("workers", "Several workers need a POSIX system. Choose one.")
    stopping = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in end_signals()}
    try:
        with tempfile.TemporaryFile() as block:
            block.truncate(block_size(setup.workers))
            crew = _Crew(setup, listening, internal, block, stopping)
            try:
                crew.start()
                if not stopping.is_set():
                    ready()
                while not stopping.wait(LOOK_EVERY_S):
                    crew.replace_dead()
                draining()
            finally:
                crew.stop()
            return Counters(0, setup.workers, block.fileno()).requests()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise AssertionError("the pipe was asked for")
    return pipe


def _run_worker() -> int:
    told = sys.stdin.buffer.readline()
    if not told:
        return 0  # whoever started it is gone already
    message = msgspec.json.decode(told, type=_Told)
    with told_from(message.setup.log_level):
        return _serve(message)


def _serve(message: _Told) -> int:
    counters = Counters(message.setup.worker, message.setup.workers, message.counters)
    worker = Worker(message.setup, counters, _say_ready)

    def stop_when_orphaned() -> None:
        # Not sys.stdin: a thread inside its buffer breaks the interpreter's shutdown.
        while os.read(0, 1):
            pass
        worker.stop()

    threading.Thread(target=stop_when_orphaned, daemon=True).start()
    try:
        internal = None if message.internal is None else socket.socket(fileno=message.internal)
        worker.run(socket.socket(fileno=message.listening), internal)
    except KeydeckError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _say_ready() -> None:
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(_run_worker())
