"""keydeck under load: stores of several sizes, each with its server, and what is asked of them."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from sqlalchemy import insert

from store.domain.key_string import mint
from store.domain.times import DAY, HOUR
from store.persistence.schema import events
from tests.benchmarks.cluster.stores import SETTINGS, filled, verifiers, verify_at
from tests.benchmarks.filling import fill
from tests.benchmarks.kept import kept
from tests.benchmarks.verify.commits import STATEMENTS, committing
from tests.benchmarks.verify.load import Tool
from tests.benchmarks.verify.measure import Case, pin, resident_mib
from tests.house import House, moved_in
from tests.postgres import own_cluster
from tests.verifier.serving import API, Served, serving

HOT = 1000
"""Keys in use at the same time."""
KNOWN = 150_000
"""Keys in use over time, where there are as many."""
EVENTS = 200
GRANTED = "events:read events:write availability:read"


@dataclass
class Size:
    """One store behind one server."""

    keys: int
    workers: int
    served: Served
    process: psutil.Process
    ready_s: float
    known: list[str]
    """In no order."""
    mib: float = 0
    """Resident memory of a worker, as it was measured last."""

    @property
    def name(self) -> str:
        """What its cases are called by."""
        workers = "" if self.workers == 1 else f", {self.workers} workers"
        return f"{self.keys:,} keys{workers}"

    @property
    def good(self) -> list[str]:
        """Keys in use at the same time."""
        return self.known[:HOT]

    @property
    def base(self) -> str:
        """Where the addresses begin."""
        return f"{self.served.server.address}{API}"


@contextmanager
def sized(stores: Path, folder: Path, keys: int, workers: int) -> Iterator[Size]:
    """Serve a copy of a store with so many keys, and with events; `stores` is where it is kept."""
    pattern = kept(stores / f"verify{keys}", partial(_filled, keys))
    folder.mkdir()
    house = moved_in(pattern.house, folder)
    began = time.perf_counter()
    with (
        serving(house, folder / "stderr", workers=workers, fresh=True) as server,
        server.client() as client,
    ):
        ready_s = time.perf_counter() - began
        process = psutil.Process(server.process.pid)
        if workers == 1:
            pin(process)
        yield Size(keys, workers, Served(house, server, client), process, ready_s, pattern.known)
    house.store.close()


def _filled(keys: int, house: House) -> list[str]:
    known = fill(house, keys, min(KNOWN, keys * 3 // 4), GRANTED)
    random.Random(7).shuffle(known)
    with house.store.database.writing() as connection:
        connection.execute(insert(events), list(_events(house)))
    return known


def _events(house: House) -> Iterator[dict[str, object]]:
    """Give events that begin at hours and minutes of their own."""
    workspace = house.alice.workspace_id
    for number in range(EVENTS):
        begins = house.clock.now() + number * (DAY + 7 * HOUR + 60_123)
        yield {
            "id": f"ev_{number:020}",
            "workspace_id": workspace,
            "name": f"Event {number}",
            "starts_at": begins,
            "ends_at": begins + 2 * HOUR,
            "status": "confirmed",
        }


def verifying(size: Size) -> Case:
    """Return the case that all sizes have in common: good keys on /verify."""
    return Case(f"keydeck, {size.name}", size.process, f"{size.base}/verify", size.good)


def drawn(size: Size) -> Case:
    """Return the case of keys that are drawn evenly from all there are."""
    name = f"keydeck, drawn from {size.name}"
    return Case(name, size.process, f"{size.base}/verify", size.known)


def others(size: Size) -> list[Case]:
    """Return what else is asked of one store."""
    house, base = size.served.house, size.base
    verify = f"{base}/verify"
    revoked = size.served.issue()
    house.store.keys.revoke(house.alice, revoked.key.id)
    unknown = [mint("jw").key.reveal() for _ in range(HOT)]
    wrong = [mint("jw", key.split("_")[1]).key.reveal() for key in size.good]
    wanted = [
        ("with a scope", f"{verify}?scope=events:read", size.good),
        ("/authorize with a scope", f"{base}/authorize?scope=events:read", size.good),
        ("unknown key", verify, unknown),
        ("wrong secret", verify, wrong),
        ("revoked key", verify, [revoked.secret.reveal()]),
        ("garbage key", verify, ["jw_garbage"]),
        (f"GET /events, 1 of {EVENTS}", f"{base}/events?limit=1", size.good),
        (f"GET /events, 50 of {EVENTS}", f"{base}/events", size.good),
        ("GET /events/{id}", f"{base}/events/ev_{0:020}", size.good),
    ]
    path = house.store.database.path
    return [
        *(
            Case(
                f"keydeck, a {what} every 10 ms",
                *(size.process, verify, size.good),
                during=partial(committing, path, what),
            )
            for what in STATEMENTS
        ),
        *(Case(f"keydeck, {name}", size.process, url, keys) for name, url, keys in wanted),
    ]


@contextmanager
def under_lease(folder: Path, keys: int) -> Iterator[Case]:
    """Give good keys on a verifier that has a lease of a store on PostgreSQL."""
    (folder / "server").mkdir()
    with (
        own_cluster(folder / "server", *SETTINGS) as server,
        filled("PostgreSQL", folder / "postgres", keys, min(HOT, keys * 3 // 4), server) as store,
        verifiers(store, folder / "stderr", lease="3s") as (verifier, process),
    ):
        yield Case("keydeck, PostgreSQL under lease", process, verify_at(verifier), store.known)


def use_all(tool: Tool, size: Size, connections: int) -> None:
    """Ask with every key that is known, and see what memory that takes."""
    asked, case = 0, drawn(size)
    while asked < len(size.known):
        asked += tool.run(case.url, case.keys, connections, 10).requests
    size.mib = resident_mib(size.process)
