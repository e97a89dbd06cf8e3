"""What is broken, each for as long as its block runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import mkdtemp
from urllib.request import urlopen

import psycopg

from tests.faults.proxy import Mode
from tests.faults.replica import replica
from tests.faults.stand import Stand
from tests.faults.stands import Clock, Namespace
from tests.faults.verifier import Verifier
from tests.verifier.serving import eventually

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


def clock_moved(clock: Clock, hours: int, verifier: int) -> Fault:
    """Return the fault of a host whose time of day jumps."""

    @contextmanager
    def moved(stand: Stand) -> Iterator[None]:
        clock.move(f"{hours:+}h")
        try:
            eventually(lambda: abs(_hours_off(stand.verifiers[verifier]) - hours) < 0.1)
            yield
        finally:
            clock.move("+0")

    return moved


def _hours_off(verifier: Verifier) -> float:
    with urlopen(f"http://{verifier.address}/healthz", timeout=5) as answer:
        said = parsedate_to_datetime(answer.headers["Date"])
    return (said.timestamp() - time.time()) / 3600


def unplugged(cable: Namespace) -> Fault:
    """Return the fault of a network in which every packet is lost."""

    @contextmanager
    def pulled(stand: Stand) -> Iterator[None]:
        cable.plug(in_=False)
        try:
            yield
        finally:
            cable.plug(in_=True)

    return pulled


def failed_over(stand: Stand) -> Fault:
    """Give a server a synchronous standby; return the fault of its being killed for good.

    The standby is promoted at the end, and is the stand's server from then on.
    """
    standby = stand.until_the_end.enter_context(
        replica(stand.cluster, Path(mkdtemp(dir=stand.folder)))
    )
    assert standby.process is not None
    folder = standby.process.folder

    @contextmanager
    def promoted(stand: Stand) -> Iterator[None]:
        stand.server.kill()
        # Verifiers are led to it before there is a primary again.
        stand.network.lead_to(folder)
        stand.cluster = standby
        try:
            yield
        finally:
            standby.run("SELECT pg_promote()")

    return promoted


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
