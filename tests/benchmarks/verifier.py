"""What one verification costs, as a share of what the same server answers for nothing.

    python -m tests.benchmarks.verifier [--keys 100000] [--seconds 2] [--rounds 5]

The server has the first core and the load the last; the rounds are interleaved and the medians
shown. Other programs on the machine move the absolute figures far more than the ratios.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
import uvicorn
from sqlalchemy import insert, select

from store.schema import keys as keys_table
from store.secrets import mint, random_base62
from store.verifier.answers import json_answer, new_request_id, send_answer
from tests.benchmarks.load import Load, Tool
from tests.house import House, build
from tests.verifier.serving import API, Served, moved_in, serving, wrong_secret

_USED = 200
_EVENTS = 200


class Case(NamedTuple):
    """One thing that is asked over and over."""

    name: str
    process: psutil.Process
    url: str
    keys: list[str]


class Result(NamedTuple):
    """The medians of a case."""

    per_second: float
    cpu_us: float
    """Of the server, for one request, the kernel's part included."""
    p50_ms: float
    alone_ms: float
    """The median with one connection."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=100_000, help="keys in the store")
    parser.add_argument("--seconds", type=float, default=2, help="of each case in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pattern = build(folder)
        pattern.store.close()
        (folder / "served").mkdir()
        house = moved_in(pattern, folder / "served")
        _fill(house, given.keys)
        with serving(house, folder / "stderr") as server, server.client() as client:
            served = Served(house, server, client)
            with _constant() as (constant, address):
                cases = _cases(served, constant, address)
                tool = Tool(folder)
                results = _measure(tool, cases, given.rounds, given.seconds, given.connections)
        house.store.close()
    print(f"{given.keys} keys, {given.connections} connections, {tool.name}, one worker")
    _print(results)


def _cases(served: Served, constant: psutil.Process, address: str) -> list[Case]:
    house = served.house
    good = [served.key("events:read events:write availability:read") for _ in range(_USED)]
    for number in range(_EVENTS):
        day = f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}"
        body = {"name": "E", "starts_at": f"{day}T10:00:00Z", "ends_at": f"{day}T12:00:00Z"}
        served.ask("/events", good[0], "POST", json=body).raise_for_status()
    revoked = served.issue()
    house.store.keys.revoke(house.alice, revoked.key.id)
    server = psutil.Process(served.server.process.pid)
    _pin(server)
    base = f"{served.server.address}{API}"
    wanted = [
        ("/healthz", f"{served.server.address}/healthz", []),
        ("verify, one key", f"{base}/verify", good[:1]),
        (f"verify, {_USED} keys", f"{base}/verify", good),
        ("verify with a scope", f"{base}/verify?scope=events:read", good),
        ("no key", f"{base}/verify", []),
        ("malformed", f"{base}/verify", ["jw_garbage"]),
        ("unknown id", f"{base}/verify", [mint("jw").key.reveal() for _ in range(_USED)]),
        ("wrong secret", f"{base}/verify", [wrong_secret(key) for key in good]),
        ("revoked", f"{base}/verify", [revoked.secret.reveal()]),
        ("one event", f"{base}/events/{_first(served, good[0])}", good),
        ("events, 1 of 200", f"{base}/events?limit=1", good),
        ("events, 50 of 200", f"{base}/events", good),
        ("availability, 31 days", f"{base}/availability?from=2027-03-01", good),
    ]
    rest = [Case(name, server, url, keys) for name, url, keys in wanted]
    return [Case("constant answer", constant, address, good), *rest]


def _first(served: Served, key: str) -> str:
    first: str = served.ask("/events?limit=1", key).json()["data"][0]["id"]
    return first


def _fill(house: House, number: int) -> None:
    """Add keys nobody has, as many as are needed, past the services: one row a commit is slow."""
    house.create("Pattern")
    with house.store.database.writing() as connection:
        row = dict(connection.execute(select(keys_table)).mappings().one())
        for start in range(0, number, 10_000):
            names = [f"Key {one}" for one in range(start, min(start + 10_000, number))]
            connection.execute(
                insert(keys_table),
                [
                    {
                        **row,
                        "id": random_base62(12),
                        "name": f"Filler {name}",
                        "name_folded": f"filler {name}".casefold(),
                        "digest": os.urandom(32),
                    }
                    for name in names
                ],
            )


def _measure(
    tool: Tool, cases: list[Case], rounds: int, seconds: float, connections: int
) -> dict[str, Result]:
    loads: dict[str, list[tuple[Load, float, Load]]] = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in cases:
            print(f"\rround {number + 1}: {case.name:<30}", end="", file=sys.stderr, flush=True)
            before = _cpu(case.process)
            load = tool.run(case.url, case.keys, connections, seconds)
            cpu = (_cpu(case.process) - before) / max(1, load.requests)
            alone = tool.run(case.url, case.keys, 1, 1)
            loads[case.name].append((load, cpu * 1e6, alone))
    print("\r" + " " * 45 + "\r", end="", file=sys.stderr)
    return {
        name: Result(
            median(load.per_second for load, _, _ in found),
            median(cpu for _, cpu, _ in found),
            median(load.p50_ms for load, _, _ in found),
            median(alone.p50_ms for _, _, alone in found),
        )
        for name, found in loads.items()
    }


def _print(results: dict[str, Result]) -> None:
    floor = results["constant answer"]
    print(f"{'':<24}{'req/s':>9}{'share':>8}{'CPU µs':>9}{'× CPU':>8}{'p50 ms':>9}{'alone ms':>10}")
    for name, found in results.items():
        print(
            f"{name:<24}{found.per_second:>9,.0f}{found.per_second / floor.per_second:>8.2f}"
            f"{found.cpu_us:>9.1f}{found.cpu_us / floor.cpu_us:>8.2f}"
            f"{found.p50_ms:>9.2f}{found.alone_ms:>10.2f}"
        )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _pin(process: psutil.Process) -> None:
    if hasattr(process, "cpu_affinity"):
        process.cpu_affinity([min(process.cpu_affinity() or [0])])


@contextmanager
def _constant() -> Iterator[tuple[psutil.Process, str]]:
    """Serve one answer, of the size of a verification's, as plain ASGI on the same server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--constant", str(listening.fileno())],
            pass_fds=[listening.fileno()],
        )
        try:
            found = psutil.Process(process.pid)
            _pin(found)
            yield found, f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            process.terminate()
            process.wait()


def _serve_constant(descriptor: int) -> None:
    from uvloop import new_event_loop

    headers = [(b"x-key-id", b"x" * 12), (b"x-key-name", b"x" * 8), (b"x-workspace", b"x" * 11)]
    headers.append((b"x-key-scopes", b"x" * 43))
    answer = json_answer({"valid": True, "filler": "x" * 180}, headers=headers)

    async def app(scope: object, receive: object, send: object) -> None:
        await send_answer(send, answer, new_request_id())  # type: ignore[arg-type]

    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="off", log_level="critical", access_log=False
    )
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve([socket.socket(fileno=descriptor)]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--constant"]:
        _serve_constant(int(sys.argv[2]))
    else:
        main()
