"""What memory a running verifier takes once many keys were used, and what it takes to be ready.

    python -m tests.benchmarks.memory [KEYS …] [--known 150000] [--keep FOLDER] [--postgres]

One worker is asked with each key that is known, in turn, twice: it then remembers what it may. On a
server it has a lease. Seconds are of its own processor time, from its start to its ready line; PSS
counts what it shares with others in part.
"""

import argparse
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from store.domain.batches import batches
from tests.benchmarks.filling import fill
from tests.benchmarks.keeping import keep, machine
from tests.benchmarks.kept import Kept, kept
from tests.house import House, moved_in
from tests.postgres import own_cluster
from tests.verifier.serving import API, PATIENCE_S, Server

AT_ONCE = 50
"""Requests that are sent before their answers are read."""
LEASE_S = 3.0


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.memory")
    parser.add_argument("keys", nargs="*", type=int, default=[15, 1_000_000])
    parser.add_argument("--known", type=int, default=150_000, help="keys that are used")
    parser.add_argument("--keep", type=Path, help="where the stores are kept between two runs")
    parser.add_argument("--postgres", action="store_true", help="on a server, under a lease")
    given = parser.parse_args()
    print("| keys | used | ready, s of processor | ready, MiB | used once | twice | PSS |")
    print("|" + "---|" * 7)
    results = {}
    for number in given.keys:
        with _store(number, given.known, given.keep, postgres=given.postgres) as store:
            results[number] = told = _measured(store, leased=given.postgres)
        figures = " | ".join(f"{value:,.1f}" for value in told.values())
        print(f"| {number:,} | {len(store.known):,} | {figures} |", flush=True)
    engine = "PostgreSQL" if given.postgres else "SQLite"
    keep("memory", {**machine(), "engine": engine, "results": results})


@contextmanager
def _store(number: int, known: int, stores: Path | None, *, postgres: bool) -> Iterator[Kept]:
    with tempfile.TemporaryDirectory(prefix="keydeck-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        place, what = (stores or folder).absolute(), f"memory{number}"
        filled = partial(_filled, number, known)
        if not postgres:
            found = kept(place / what, filled)
            house = moved_in(found.house, folder)
            house.store.close()
            yield Kept(house, found.known)
            return
        place /= f"{what}-server"
        place.mkdir(parents=True, exist_ok=True)
        with own_cluster(place) as server:
            yield kept(place / what, filled, server)


def _filled(number: int, known: int, house: House) -> list[str]:
    return fill(house, number, min(known, number * 3 // 4))


def _measured(store: Kept, *, leased: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        lease_s = LEASE_S if leased else None
        server = Server(store.house, Path(name) / "stderr", lease_s=lease_s, fresh=True)
        try:
            process = psutil.Process(server.process.pid)
            spent = process.cpu_times()
            told = {"ready_s": spent.user + spent.system, "ready_mib": _resident(process)}
            for times in ("once_mib", "twice_mib"):
                _ask(server.address, store.known)
                told[times] = _resident(process)
            return told | {"pss_mib": process.memory_full_info().pss / 2**20}
        finally:
            server.end()


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _ask(address: str, known: Sequence[str]) -> None:
    at = urlsplit(address)
    with socket.create_connection((at.hostname, at.port), PATIENCE_S) as connection:
        for some in batches(known, AT_ONCE):
            connection.sendall(
                b"".join(
                    f"GET {API}/verify HTTP/1.1\r\nHost: here\r\n"
                    f"Authorization: Bearer {key}\r\n\r\n".encode()
                    for key in some
                )
            )
            good, said = 0, b""
            while good < len(some):
                received = connection.recv(1 << 20)
                assert received, "the verifier has closed the connection"
                said += received
                good = said.count(b'"valid":true')
            assert said.count(b"HTTP/1.1 ") == len(some)


if __name__ == "__main__":
    main()
