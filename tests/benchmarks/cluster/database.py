"""What verifiers cost PostgreSQL: `python -m tests.benchmarks.cluster.database [--seconds 10]`.

Its processor time, which other programs on the machine change little.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from store.domain.credential import Credential
from store.domain.verdicts import Verdict
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.benchmarks.cluster.revocations import asked_steadily, server_seconds
from tests.benchmarks.cluster.stores import SETTINGS, Filled, filled, verifiers
from tests.faults.asking import RATE
from tests.faults.revoking import revoked
from tests.postgres import own_cluster

KEYS, USED = 20_000, 200
REVOCATIONS = BATCHES = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.cluster.database", description=__doc__
    )
    parser.add_argument("--seconds", type=float, default=10)
    seconds: float = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="keydeck-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "server").mkdir()
        with (
            own_cluster(folder / "server", *SETTINGS) as server,
            filled("PostgreSQL", folder / "store", KEYS, 2 * USED, server) as store,
        ):
            spent = _spent(store, lambda: _count(store)) / BATCHES
            print(f"counts of {USED} keys, one batch: {spent:.2f} ms")
            for number, lease in ((1, None), (1, "3s"), (4, "3s"), (8, "3s")):
                told = f"{number} verifier(s), {'under lease' if lease else 'reading'}"
                with verifiers(store, folder / "stderr", number=number, lease=lease) as (one, _):
                    time.sleep(1)
                    idle = _spent(store, lambda: time.sleep(seconds)) / seconds
                    with asked_steadily(one, store.known[:USED]):
                        time.sleep(1)
                        asked = _spent(store, lambda: time.sleep(seconds)) / seconds
                    revoking = _spent(store, lambda: _revoke(store)) / REVOCATIONS
                print(
                    f"{told}: idle {idle:.1f} ms a second, asked {2 * RATE} times a second"
                    f" {asked:.1f} ms a second, one revocation {revoking:.1f} ms"
                )


def _spent(store: Filled, work: Callable[[], None]) -> float:
    """Return the milliseconds of processor time that PostgreSQL spends on some work."""
    assert isinstance(store.server, psutil.Process)
    before = server_seconds(store.server)
    work()
    return (server_seconds(store.server) - before) * 1000


def _revoke(store: Filled) -> None:
    for _ in range(REVOCATIONS):
        revoked(store.house, next(store.doomed))


def _count(store: Filled) -> None:
    workspace = store.house.alice.workspace_id
    for _ in range(BATCHES):
        batch, now = Batch(), store.house.clock.now()
        for key in store.known[:USED]:
            row = Credential(key.split("_")[1], workspace, "", "pro", "", b"", "", "", None, None)
            batch.count(row, Verdict.VALID, now, "10.0.3.7", ("availability:read",))
        write(store.house.store.database, batch)


if __name__ == "__main__":
    main()
