"""Everything a fault needs: a server, lines to it, verifiers, clients, somebody who revokes."""

import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.domain.clock import SystemClock
from store.operations.open import open_store
from tests.faults.asking import RATE
from tests.faults.clients import Clients, clients
from tests.faults.network import Network, network
from tests.faults.report import Report, Times, report
from tests.faults.revoking import Revoker
from tests.faults.stands import Place
from tests.faults.verifier import Verifier
from tests.house import House, build
from tests.postgres import OWNER, Cluster, Process, own_cluster
from tests.races.wire import VALID, Wire

PATIENCE_S = 60.0
DATABASE = "keydeck"
SETTINGS = ("max_connections=30", "synchronous_commit=remote_apply")


@dataclass
class Stand:
    """It runs, and somebody revokes, until its block ends."""

    folder: Path
    cluster: Cluster
    network: Network
    house: House
    verifiers: list[Verifier]
    clients: Clients
    revoker: Revoker
    settled_s: float
    """How long it is watched before a fault and after it."""
    until_the_end: ExitStack
    """What a fault began that must last as long as the stand."""

    @property
    def server(self) -> Process:
        """PostgreSQL's process."""
        assert self.cluster.process is not None
        return self.cluster.process

    def line(self, verifier: int) -> int:
        """Return the line of a verifier; the first is that of whoever revokes."""
        return verifier + 1

    def watch(
        self,
        name: str,
        fault: Callable[["Stand"], AbstractContextManager[None]],
        seconds: float,
        touched: Collection[int] = (),
    ) -> Report:
        """Let a fault last some seconds, await that all are served again, and report.

        `touched` are the verifiers it is about, by default all.
        """
        self.clients.told()
        watched = time.monotonic_ns()
        time.sleep(self.settled_s)
        began = time.monotonic_ns()
        with fault(self):
            time.sleep(seconds)
        lifted = time.monotonic_ns()
        self.await_service()
        time.sleep(self.settled_s)
        times = Times(watched, began, lifted, time.monotonic_ns())
        asked = [one for one in self.clients.told() if one.asked >= watched]
        touched = touched or range(len(self.verifiers))
        return report(name, asked, list(self.revoker.receipts), times, touched)

    def await_service(self) -> None:
        """Wait until every verifier lets a valid key in and another revocation is reported."""
        deadline = time.monotonic() + PATIENCE_S
        for verifier in self.verifiers:
            while (said := _said(verifier, self.revoker.valid[0])) != str(VALID):
                assert time.monotonic() < deadline, f"a verifier does not come back: {said}"
                time.sleep(0.02)
        reported = len(self.revoker.receipts)
        while len(self.revoker.receipts) == reported:
            assert time.monotonic() < deadline, f"no revocation: {self.revoker.failures[-1:]}"
            time.sleep(0.02)


def _said(verifier: Verifier, key: str) -> str:
    try:
        with closing(Wire(verifier.port, verifier.host)) as wire:
            return str(wire.ask(key))
    except OSError as error:
        return repr(error)


@contextmanager
def stand(
    places: Sequence[Place] = (Place(), Place()),
    lease: str | None = None,
    settled_s: float = 0.3,
    rate: float = RATE,
) -> Iterator[Stand]:
    """Give a stand of its own, with a verifier in each place."""
    with ExitStack() as stack:
        # Not below pytest's folder, which is its owner's alone; and a socket's path must be short.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keydeck-")))
        folder.chmod(0o755)
        (folder / "primary").mkdir()
        cluster = stack.enter_context(own_cluster(folder / "primary", *SETTINGS))
        cluster.run(f"CREATE DATABASE {DATABASE}")
        lines = stack.enter_context(network(folder / "primary", len(places) + 1))
        house = _house(folder, lines.ports[0])
        stack.callback(lambda: house.store.close())
        started = []
        for number, place in enumerate(places):
            url, log = (
                _url(place.database_at, lines.ports[number + 1]),
                folder / f"verifier{number}",
            )
            one = Verifier(url, house.pepper_path, log, lease=lease, place=place)
            stack.callback(one.end)
            started.append(one)
        for one in started:
            one.await_ready()
        asking = stack.enter_context(clients([one.address for one in started], rate))
        revoker = Revoker(house, asking)
        made = Stand(folder, cluster, lines, house, started, asking, revoker, settled_s, stack)
        revoker.start()
        stack.callback(revoker.stop)
        made.await_service()
        yield made


def _url(host: str, port: int) -> str:
    # No TLS: the lines tell one message of the server from another.
    return (
        f"postgresql+psycopg://{OWNER}@{host}:{port}/{DATABASE}?sslmode=disable&gssencmode=disable"
    )


def _house(folder: Path, port: int) -> House:
    url = _url("127.0.0.1", port)
    house = build(folder, url)
    house.store.close()
    clock: Any = SystemClock()
    house.store = open_store(url, pepper_path=house.pepper_path, clock=clock)
    house.clock = clock
    return house
