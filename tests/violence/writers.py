"""Processes that write until they are killed. Run as `python -m tests.violence.writers WHICH …`."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from store.domain.audit.actions import Action
from store.domain.people import Actor, Plan
from store.domain.times import DAY
from store.operations.open import open_store
from store.persistence.database import limits
from store.service.keys import NewKey
from tests.house import House, granted_scopes

ROOT = Path(__file__).parents[2]


@contextmanager
def writer(house: House, which: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a writer on a house's store; what it has committed stands on its standard output."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.violence.writers", which),
            *(house.url, str(house.pepper_path), str(house.alice.person_id)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def main() -> None:
    """Write for ever."""
    which, url, pepper, person = sys.argv[1:]
    if which == "frozen":
        limits.IDLE_TIMEOUT_MS = 300
    store = open_store(url, pepper_path=Path(pepper))
    alice = Actor(int(person), "alice@acme.example", "alice", 1)
    if which in ("stuck", "frozen"):
        with store.transactions.writing(raise_revision=True) as mutation:
            mutation.unit.workspaces.add("third", "Third", Plan.PRO, mutation.now)
            mutation.audit(1, None, Action.WORKSPACE_CREATED, "third", "Third")
            print("inside", flush=True)
            time.sleep(3600)
    for number in count():
        name = f"{sys.argv[1]} {time.monotonic_ns()} {number}"
        wanted = NewKey(name, granted_scopes("events:read"), store.clock.now() + DAY)
        key = store.keys.create(alice, wanted).key
        print("created", key.id, flush=True)
        store.keys.revoke(alice, key.id)
        print("revoked", key.id, flush=True)


if __name__ == "__main__":
    main()
