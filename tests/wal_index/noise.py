"""One process that commits what no verdict depends on, and does to a store what one does to files.

`python -m tests.wal_index.noise STORE FOLDER`; it is told how many commits a second, a line each.
"""

import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from store.operations.backup import back_up
from store.persistence.database import sqlite_library
from tests.wal_index.shell import PATIENCE_S

_DRIVER: Any = sqlite_library()
_UNRELATED = "UPDATE workspaces SET name = substr(name || 'x', 1, 1 + length(name) % 20)"
_HOUSEKEEPING = (
    *(f"PRAGMA wal_checkpoint({mode})" for mode in ("PASSIVE", "FULL", "RESTART", "TRUNCATE")),
    "VACUUM",
    "BACKUP",
)
_PAUSE_S = 0.15


class Noise:
    """What it does until it is told to do less."""

    def __init__(self, store: Path, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self.rate = 0
        self.over = False

    def commit(self) -> None:
        """Commit at the rate that is wanted."""
        while not self.over:
            connection = _DRIVER.connect(str(self._store), isolation_level=None, timeout=PATIENCE_S)
            # As fast as it can be: what is lost at a power cut is not looked at.
            connection.execute("PRAGMA synchronous = OFF")
            rate = self.rate
            while rate and rate == self.rate and not self.over:
                connection.execute(_UNRELATED)
                time.sleep(1 / rate)
            connection.close()
            while self.rate == 0 and not self.over:
                time.sleep(0.02)

    def keep_house(self) -> None:
        """Checkpoint, vacuum and back up, in any order."""
        chance = random.Random(1)
        while not self.over:
            time.sleep(_PAUSE_S)
            if not self.rate:
                continue
            what = chance.choice(_HOUSEKEEPING)
            if what == "BACKUP":
                copy = self._folder / f"backup-{time.monotonic_ns()}.db"
                back_up(f"sqlite:///{self._store}", copy)
                copy.unlink()
                continue
            # Each time over another connection: the last one that closes has a part in this.
            connection = _DRIVER.connect(str(self._store), isolation_level=None, timeout=PATIENCE_S)
            try:
                connection.execute(what).fetchall()
            except _DRIVER.OperationalError as error:
                if "locked" not in str(error):
                    raise
            finally:
                connection.close()


def _main(store: str, folder: str) -> None:
    noise = Noise(Path(store), Path(folder))
    threads = [threading.Thread(target=noise.commit), threading.Thread(target=noise.keep_house)]
    for thread in threads:
        thread.start()
    for line in sys.stdin:
        noise.rate = int(line)
        print("done", flush=True)
    noise.over = True
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    _main(*sys.argv[1:])
