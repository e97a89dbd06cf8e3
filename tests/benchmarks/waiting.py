"""How long a revocation waits for whatever else writes much.

That is counts, roll-up, pruning, a leaver, leaks, imports and right-sizing.

    python -m tests.benchmarks.waiting [--keys 50000] [--seconds 10]

Each of them runs in a process of its own, on a store in which every key is in use, while this one
revokes a key every 100 ms. Milliseconds from the call of the use case to its return.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert, select, text

from store.domain.clock import SystemClock
from store.domain.credential import Credential
from store.domain.foreign import known
from store.domain.key_string import Secret
from store.domain.listing import KeyQuery
from store.domain.people import Actor
from store.domain.times import DAY, HOUR, MINUTE
from store.domain.verdicts import Verdict
from store.errors import StoreUnusable
from store.operations.open import open_store
from store.operations.store import Store
from store.persistence.schema import idempotency_keys, keys
from store.service.importing import MOST_AT_ONCE, ForeignKey
from store.service.keys import NewKey
from store.service.leaks import Leaked
from store.verifier.counters import Counters
from store.verifier.usage.pruning import PAUSE_S, Pruning
from store.verifier.usage.recorder import UsageRecorder
from store.verifier.usage.roll_up import MINUTES_KEPT
from tests.benchmarks.filling import fill
from tests.benchmarks.keeping import keep, machine
from tests.faults.report import centile
from tests.house import House, build, granted_scopes

EVERY_S = 0.1
ALICE = Actor(1, "alice@acme.example", "alice", 1)
LEAVER = "carol@acme.example"
_FILES = 10


def _nothing(store: Store) -> None:
    time.sleep(3600)


def _count(store: Store) -> None:
    clock = SystemClock()
    usage = UsageRecorder(lambda: store.database, Counters(), clock)
    for key_id in _ids(store):
        row = Credential(key_id, 1, "", "pro", "", b"", "", "", None, None)
        usage.record(row, Verdict.VALID, clock.now(), "192.0.2.1", ("events:read",), b"curl/8")
    asyncio.run(usage.flush())


def _roll_up(store: Store) -> None:
    asyncio.run(UsageRecorder(lambda: store.database, Counters(), SystemClock()).run())


def _prune(store: Store) -> None:
    pruning = Pruning(lambda: store.database, SystemClock())
    while pruning.prune_some(store.database):
        time.sleep(PAUSE_S)


def _leave(store: Store) -> None:
    store.people.leave(ALICE, LEAVER).unpack()


def _report(store: Store) -> None:
    workspace = store.operator.workspace("acme-events")
    found = store.keys.picked(ALICE, KeyQuery(), _ids(store))
    store.leaks.report_all(ALICE, [(Leaked(workspace, key), ("a log",)) for key in found])


def _import(store: Store) -> None:
    """Bring files along, all or none each, as large as they may be; then one, line by line."""
    for file in range(_FILES):
        store.imports.bring(ALICE, _foreign(store, f"file {file}", MOST_AT_ONCE))
    store.imports.bring(ALICE, _foreign(store, "lines", 5 * MOST_AT_ONCE), skip_bad=True)


def _foreign(store: Store, name: str, number: int) -> list[ForeignKey]:
    ends = store.clock.now() + DAY
    granted = granted_scopes("events:read")
    return [
        ForeignKey(
            line,
            NewKey(f"{name}, line {line}", granted, ends),
            known("sha256-hex", Secret(sha256(f"{name} {line}".encode()).hexdigest())),
        )
        for line in range(number)
    ]


def _trim(store: Store) -> None:
    for proposal in store.right_sizing.all(ALICE):
        store.right_sizing.trim(ALICE, proposal.key.id)


WORK: dict[str, Callable[[Store], None]] = {
    "nothing": _nothing,
    "counts": _count,
    "roll-up": _roll_up,
    "pruning": _prune,
    "a leaver": _leave,
    "leaks": _report,
    "imports": _import,
    "right-sizing": _trim,
}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.waiting", description=__doc__)
    parser.add_argument("--keys", type=int, default=50_000)
    parser.add_argument(
        "--seconds", type=float, default=10, help="beside each, if it takes so long"
    )
    given = parser.parse_args()
    told = machine()
    print(", ".join(f"{name} {value}" for name, value in told.items()))
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        house = _filled(Path(name), given.keys)
        doomed = iter(_ids(house.store))
        print(f"\n{'beside':<12}{'revoked':>9}{'failed':>9}{'median':>9}{'p95':>9}{'most':>9}  ms")
        for work in WORK:
            taken, failed = _beside(house, work, doomed, given.seconds)
            rows[work] = taken
            print(
                f"{work:<12}{len(taken):>9}{failed:>9}"
                f"{centile(taken, 0.5):>9.0f}{centile(taken, 0.95):>9.0f}{max(taken):>9.0f}",
                flush=True,
            )
        house.store.close()
    keep("waiting", {**told, "keys": given.keys, "ms": rows})


def _beside(
    house: House, work: str, doomed: Iterator[str], seconds: float
) -> tuple[list[float], int]:
    """Revoke while some work goes on; return how long each took, and how many failed."""
    taken: list[float] = []
    failed = 0
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name, work, house.url, str(house.pepper_path)],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and process.poll() is None:
            began = time.perf_counter()
            try:
                house.store.keys.revoke(house.alice, next(doomed))
            except StoreUnusable:
                failed += 1
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(EVERY_S)
        process.kill()
    return sorted(taken), failed


def _filled(folder: Path, number: int) -> House:
    """Give a store whose keys all are in use, known to a leaver, with old counts and answers."""
    house = build(folder)
    fill(house, number, granted="availability:read events:read")
    house.store.people.add(house.alice, LEAVER, "Carol")
    now = SystemClock().now()
    old = now - now % HOUR - MINUTES_KEPT - 2 * HOUR
    with house.store.database.writing() as connection:
        connection.execute(
            text("UPDATE key_holders SET person_id = (SELECT id FROM people WHERE email = :email)"),
            {"email": LEAVER},
        )
        # Used by half of what they may: the rest is to be taken away.
        connection.execute(
            text(
                "INSERT INTO scope_usage (workspace_id, key_id, scope, first_used_at, last_used_at)"
                " SELECT workspace_id, id, 'events:read', :at, :at FROM keys"
            ),
            {"at": now},
        )
        for minute in range(2):
            connection.execute(
                text(
                    "INSERT INTO verdict_counts"
                    " (workspace_id, key_id, starts_at, span_ms, verdict, count)"
                    " SELECT workspace_id, id, :at, :span, 'valid', 7 FROM keys"
                ),
                {"at": old + minute * MINUTE, "span": MINUTE},
            )
        answer = {"workspace_id": 1, "operation": "POST /events", "fingerprint": "", "status": 201}
        answer |= {"location": "", "etag": "", "body": "", "created_at": now - 2 * DAY}
        connection.execute(
            insert(idempotency_keys),
            [{**answer, "owner": key_id, "digest": key_id} for key_id in _ids(house.store)],
        )
    return house


def _ids(store: Store) -> list[str]:
    with store.database.reading() as connection:
        return list(
            connection.execute(select(keys.c.id).where(keys.c.revoked_at.is_(None))).scalars()
        )


def _do(work: str, url: str, pepper_path: str) -> None:
    store = open_store(url, pepper_path=Path(pepper_path), clock=SystemClock())
    print("ready", flush=True)
    WORK[work](store)
    store.close()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WORK:
        _do(*sys.argv[1:])
    else:
        main()
