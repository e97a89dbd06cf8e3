"""Stores with many keys, on either engine, and the verifiers on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import select

from store.domain.clock import SystemClock
from store.operations.open import open_store
from store.persistence.schema import keys
from tests.benchmarks.filling import fill
from tests.benchmarks.verify.measure import pin
from tests.faults.verifier import Verifier
from tests.house import House, build
from tests.postgres import Cluster

# What is told of revocations is told of a server that keeps what it says it has.
SETTINGS = (
    *("fsync=on", "full_page_writes=on", "shared_buffers=256MB", "max_connections=60"),
    "max_wal_size=4GB",
)


@dataclass
class Filled:
    """A store with many keys."""

    name: str
    house: House
    known: list[str]
    """Keys somebody has."""
    doomed: Iterator[str]
    """The ids of active keys nobody has."""
    server: psutil.Process | None
    """PostgreSQL's."""


@contextmanager
def filled(
    name: str, folder: Path, number: int, known: int, cluster: Cluster | None = None
) -> Iterator[Filled]:
    """Give a store with a number of keys, on SQLite or on a server."""
    folder.mkdir()
    url = None
    if cluster is not None:
        cluster.run("CREATE DATABASE filled")
        url = cluster.url("filled")
    house = build(folder, url)
    shown = fill(house, number, known)
    clock: Any = SystemClock()
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=clock)
    house.clock = clock
    try:
        server = None
        if cluster is not None and cluster.process is not None:
            server = psutil.Process(cluster.process.pid)
        yield Filled(name, house, shown, _doomed(house, shown), server)
    finally:
        house.store.close()


def _doomed(house: House, known: list[str]) -> Iterator[str]:
    kept = {key.split("_")[1] for key in known}
    active = (
        select(keys.c.id)
        .where(keys.c.revoked_at.is_(None), keys.c.expires_at > house.clock.now())
        .order_by(keys.c.name)
        .limit(40_000)
    )
    with house.store.database.reading() as connection:
        return iter([one for one in connection.scalars(active) if one not in kept])


@contextmanager
def verifiers(
    store: Filled, log: Path, *, number: int = 1, lease: str | None = None
) -> Iterator[tuple[Verifier, psutil.Process]]:
    """Give a number of verifiers on a store, at one address, and the process that is theirs.

    A single one has the first core for itself, several share all.
    """
    verifier = Verifier(store.house.url, store.house.pepper_path, log, lease=lease, workers=number)
    try:
        verifier.await_ready()
        process = psutil.Process(verifier.process.pid)
        if number == 1:
            pin(process)
        yield verifier, process
        # Else the next revocation would wait for its lease to run out.
        verifier.stop()
    finally:
        verifier.end()


def verify_at(verifier: Verifier) -> str:
    """Return where a verifier verifies."""
    return f"http://{verifier.address}/api/v1/verify"
