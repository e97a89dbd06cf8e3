"""A process that commits to a store on SQLite every 10 ms."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from store.persistence.database import prepare_sqlite, sqlite_library
from tests.benchmarks.verify.load import to_last_core

EVERY_S = 0.01
STATEMENTS = {
    # No verdict depends on it: what usage and business data are.
    "commit": "UPDATE workspaces SET name = substr(name || 'x', 1, 1 + length(name) % 20)",
    # One does: what is remembered of that key is read again.
    "change": "UPDATE keys SET expires_at = expires_at + 1 WHERE id = (SELECT min(id) FROM keys)",
}


@contextmanager
def committing(store: Path, what: str) -> Iterator[None]:
    """Let a process commit to a store while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(store), what],
        stdout=subprocess.PIPE,
        preexec_fn=to_last_core,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _main(store: str, what: str) -> None:
    driver: Any = sqlite_library()
    connection = driver.connect(store, isolation_level=None, timeout=30)
    prepare_sqlite(connection.execute)
    print("ready", flush=True)
    due = time.monotonic()
    while True:
        connection.execute(STATEMENTS[what])
        due += EVERY_S
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    _main(*sys.argv[1:])
