"""keydeck under load: stores of several sizes, each with its server, and what is asked of them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from store.domain.key_string import mint
from tests.benchmarks.filling import fill
from tests.benchmarks.verify.commits import STATEMENTS, committing
from tests.benchmarks.verify.measure import Case, pin, resident_mib
from tests.house import House, moved_in
from tests.verifier.serving import API, Served, serving

USED = 200
"""Keys in use at the same time."""
EVENTS = 200


@dataclass
class Size:
    """One store behind one server."""

    keys: int
    workers: int
    served: Served
    process: psutil.Process
    ready_s: float
    good: list[str]

    @property
    def name(self) -> str:
        """What its cases are called by."""
        workers = "" if self.workers == 1 else f", {self.workers} workers"
        return f"{self.keys:,} keys{workers}"

    @property
    def mib(self) -> float:
        """Resident memory of a worker, now."""
        return resident_mib(self.process)


@contextmanager
def sized(pattern: House, folder: Path, keys: int, workers: int) -> Iterator[Size]:
    """Fill a store with keys and serve it."""
    folder.mkdir()
    house = moved_in(pattern, folder)
    fill(house, keys)
    began = time.perf_counter()
    with (
        serving(house, folder / "stderr", workers=workers) as server,
        server.client() as client,
    ):
        ready_s = time.perf_counter() - began
        served = Served(house, server, client)
        process = psutil.Process(server.process.pid)
        if workers == 1:
            pin(process)
        granted = "events:read events:write availability:read"
        good = [served.key(granted) for _ in range(USED)]
        for number in range(EVENTS):
            day = f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}"
            body = {"name": "E", "starts_at": f"{day}T10:00:00Z", "ends_at": f"{day}T12:00:00Z"}
            served.ask("/events", good[0], "POST", json=body).raise_for_status()
        yield Size(keys, workers, served, process, ready_s, good)
    house.store.close()


def verifying(size: Size) -> Case:
    """Return the case that all sizes have in common: good keys on /verify."""
    url = f"{size.served.server.address}{API}/verify"
    return Case(f"keydeck, {size.name}", size.process, url, size.good)


def others(size: Size) -> list[Case]:
    """Return what else is asked of one store."""
    revoked = size.served.issue()
    size.served.house.store.keys.revoke(size.served.house.alice, revoked.key.id)
    base = f"{size.served.server.address}{API}"
    unknown = [mint("jw").key.reveal() for _ in range(USED)]
    wrong = [mint("jw", key.split("_")[1]).key.reveal() for key in size.good]
    wanted = [
        ("with a scope", f"{base}/verify?scope=events:read", size.good),
        ("unknown key", f"{base}/verify", unknown),
        ("wrong secret", f"{base}/verify", wrong),
        ("garbage key", f"{base}/verify", ["jw_garbage"]),
        ("revoked key", f"{base}/verify", [revoked.secret.reveal()]),
        ("GET /events, 1 of 200", f"{base}/events?limit=1", size.good),
        ("GET /events, 50 of 200", f"{base}/events", size.good),
    ]
    verify, path = f"{base}/verify", size.served.house.store.database.path
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
