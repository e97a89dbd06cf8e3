"""One process that revokes keys as fast as it can, until it is killed in the middle.

`python -m tests.wal_index.dying STORE`; it reads ids, a line each, and says which have committed.
"""

import sys
from typing import Any

from store.persistence.database import prepare_sqlite, sqlite_library
from tests.wal_index.shell import PATIENCE_S


def _main(store: str) -> None:
    driver: Any = sqlite_library()
    connection = driver.connect(store, isolation_level=None)
    prepare_sqlite(connection.execute, 1000 * PATIENCE_S)
    print("ready", flush=True)
    for line in sys.stdin:
        connection.execute(
            "UPDATE keys SET revoked_at = 1, revoked_by = created_by WHERE id = ?", (line.strip(),)
        )
        print(line.strip(), flush=True)


if __name__ == "__main__":
    _main(sys.argv[1])
