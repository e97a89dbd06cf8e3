"""What is broken, each for as long as its block runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import psycopg

from tests.faults.proxy import Mode
from tests.faults.stand import Stand

Fault = Callable[[Stand], AbstractContextManager[None]]


def line(mode: Mode, *verifiers: int) -> Fault:
    """Return the fault of the lines between verifiers, by default all, and PostgreSQL."""

    @contextmanager
    def broken(stand: Stand) -> Iterator[None]:
        lines = [stand.line(one) for one in verifiers or range(len(stand.verifiers))]
        stand.network.behave(mode, *lines)
        try:
            yield
        finally:
            stand.network.behave(Mode.PASS, *lines)

    return broken


def paused(*verifiers: int) -> Fault:
    """Return the fault of verifiers that are stopped in the middle of whatever they do."""

    @contextmanager
    def stopped(stand: Stand) -> Iterator[None]:
        for one in verifiers:
            stand.verifiers[one].pause()
        try:
            yield
        finally:
            for one in verifiers:
                stand.verifiers[one].go_on()

    return stopped


@contextmanager
def server_killed(stand: Stand) -> Iterator[None]:
    """PostgreSQL and all its processes are killed, and started again at the end."""
    stand.server.kill()
    try:
        yield
    finally:
        stand.server.start()


@contextmanager
def server_full(stand: Stand) -> Iterator[None]:
    """The verifiers lose their connections, and somebody else has all that the server allows."""
    lines = [stand.line(one) for one in range(len(stand.verifiers))]
    with ExitStack() as taken:
        stand.network.behave(Mode.CUT, *lines)
        # For a while: the server gives back only now what the verifiers had.
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            try:
                taken.enter_context(stand.cluster.connected())
            except psycopg.OperationalError:
                time.sleep(0.02)
        stand.network.behave(Mode.PASS, *lines)
        yield
