"""What revocations cost those who verify meanwhile, and how soon they are in force."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from store.errors import StoreUnusable
from tests.benchmarks.cluster.stores import Filled
from tests.benchmarks.verify.load import Load
from tests.benchmarks.verify.measure import cpu_seconds
from tests.faults.clients import clients
from tests.faults.report import centile
from tests.faults.revoking import Receipt, revoked
from tests.faults.verifier import Verifier
from tests.house import House

AT_ONCE = 4
"""Revocations that may be on their way to being in force."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What came of a rate of revocations."""

    name: str
    rate: int
    """Revocations a second that were wanted; 0 for none."""
    done: float
    """Revocations a second that there were."""
    in_force_ms: list[float]
    load: Load | None
    """What was asked meanwhile; None where it was not as much as there can be."""
    cores: float | None
    """Processor time of PostgreSQL in a second; None on SQLite."""


def cost(
    name: str, store: Filled, rate: int, seconds: float, ask: Callable[[], Load] | None
) -> Cost:
    """Revoke at a rate for some seconds, while `ask` runs."""
    server = store.server
    before = server_seconds(server) if server else 0.0
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        asking = pool.submit(ask) if ask else None
        began = time.monotonic()
        revoking: list[Future[Receipt | None]] = []
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            key_id = next(store.doomed, None)
            if key_id is None:
                break
            revoking.append(pool.submit(_revoked, store.house, key_id))
        receipts = [found for one in revoking if (found := one.result())]
        load = asking.result() if asking else None
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        took = time.monotonic() - began
    cores = (server_seconds(server) - before) / took if server else None
    times = sorted((one.in_force - one.committed) / 1e6 for one in receipts)
    return Cost(name, rate, len(receipts) / took if receipts else 0.0, times, load, cores)


def _revoked(house: House, key_id: str) -> Receipt | None:
    try:
        return revoked(house, key_id)
    except StoreUnusable:
        # SQLite's lock is not given to whoever has waited longest.
        return None


def server_seconds(server: psutil.Process) -> float:
    """Return PostgreSQL's processor time, with that of connections that were closed."""
    ended = server.cpu_times()
    return cpu_seconds(server) + ended.children_user + ended.children_system


@contextmanager
def asked_steadily(verifier: Verifier, keys: Sequence[str]) -> Iterator[None]:
    """Let verifiers be asked at a rate that leaves them time."""
    with clients([verifier.address]) as asking:
        asking.use(keys, keys)
        yield


def table(rows: list[Cost]) -> str:
    """Return the costs as a table; throughput beside that without revocations of the same name."""
    alone = {one.name: one.load for one in rows if not one.rate}
    lines = [
        f"{'revocations':<48}{'wanted/s':>9}{'done/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}"
        f"{'req/s':>10}{'share':>7}{'p99 ms':>9}{'DB cores':>10}"
    ]
    for one in rows:
        line = f"{one.name:<48}{one.rate:>9}{one.done:>8.1f}"
        for part in (0.5, 0.99, 1.0):
            line += f"{centile(one.in_force_ms, part):>9.1f}" if one.rate else f"{'':>9}"
        base = alone.get(one.name)
        if one.load is not None:
            line += f"{one.load.per_second:>10,.0f}"
            line += f"{one.load.per_second / base.per_second:>7.2f}" if base else f"{'':>7}"
            line += f"{one.load.p99_ms:>9.1f}"
        if one.cores is not None:
            line += f"{one.cores:>10.3f}".rjust(36 if one.load is None else 0)
        lines.append(line)
    return "\n".join(lines)
