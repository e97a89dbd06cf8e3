"""The race: servers of several workers, hammering processes, one process that changes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, Any

from store.domain.clock import SystemClock
from store.operations.check import check
from store.operations.open import open_store
from tests.house import House
from tests.races.changes import Changes, Report
from tests.races.wire import Wire
from tests.verifier.serving import serving

ROOT = Path(__file__).parents[2]
CONNECTIONS = 4
"""From the changing process to each server: enough to meet each of its workers."""


def race(
    house: House,
    folder: Path,
    seconds: float,
    *,
    servers: int = 2,
    workers: int = 2,
    hammers: int = 2,
    seed: int = 1,
) -> Report:
    """Run the race on a house of one's own and return what came of it.

    Raises AssertionError when the store is not in order afterwards.
    """
    house.store.close()
    # Expiry is decided by the servers' clock, so changes go by the same.
    clock: Any = SystemClock()
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=clock)
    house.clock = clock
    with ExitStack() as stack:
        stack.callback(house.store.close)
        ports = [
            stack.enter_context(serving(house, folder / f"stderr{number}", workers=workers)).port
            for number in range(servers)
        ]
        wires = [
            stack.enter_context(closing(Wire(port))) for port in ports for _ in range(CONNECTIONS)
        ]
        changes = Changes(house, wires, seed)
        processes = [stack.enter_context(_hammer(ports)) for _ in range(hammers)]

        def tell(keys: list[str]) -> None:
            for process in processes:
                _pipe(process.stdin).write(json.dumps({"keys": keys}).encode() + b"\n")
                _pipe(process.stdin).flush()

        changes.run(time.monotonic() + seconds, tell)
        for process in processes:
            _judge(changes.report, json.loads(process.communicate()[0]))
    findings = check(house.url, pepper_path=house.pepper_path)
    assert findings == [], findings
    return changes.report


@contextmanager
def _hammer(ports: list[int]) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.races.hammer", *map(str, ports)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _judge(report: Report, heard: dict[str, Any]) -> None:
    report.hammered += sum(heard["answers"].values())
    for key, started in heard["latest"].items():
        if started > report.ended.get(key, started):
            report.stale.append("a request begun after the commit was let in")
    for status in set(heard["answers"]) - {"200", "401", "403"}:
        report.stale.append(f"status {status}, {heard['answers'][status]} times")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
