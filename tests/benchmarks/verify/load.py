"""Load on one address for some seconds: with wrk where there is one, else with httpx."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

import httpx

_LUA = """
local keys, next_key = {}, %d
for line in io.lines("%s") do keys[#keys + 1] = "Bearer " .. line end
request = function()
  next_key = next_key %% #keys + 1
  wrk.headers["Authorization"] = keys[next_key]
  return wrk.format()
end
done = function(summary)
  io.write(string.format("requests=%%d", summary.requests))
end
"""
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


class Load(NamedTuple):
    """What came of one round."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


class Tool:
    """Asks one address over and over, with many connections or one."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where files with keys may be written; nobody else may read it."""
        self._folder = folder
        self._wrk = shutil.which("wrk")
        self.name = "wrk" if self._wrk else "httpx"
        self.refused: dict[str, int] = {}
        """How many answers were neither 2xx nor 3xx, by address."""
        self._asked: dict[tuple[str, int], int] = {}

    def run(self, url: str, keys: Sequence[str], connections: int, seconds: float) -> Load:
        """Ask for some seconds, with each of the keys in turn; every answer counts.

        It goes on where it ended when it was last asked with so many keys.
        """
        if self._wrk is None:
            return _with_httpx(url, keys, connections, seconds)
        listed, script = self._folder / "keys", self._folder / "keys.lua"
        listed.write_text("\n".join(keys or ["none"]) + "\n", "ascii")
        which = url, len(keys)
        script.write_text(_LUA % (self._asked.get(which, 0) % max(1, len(keys)), listed), "ascii")
        duration = f"{max(1, round(seconds))}s"
        told = subprocess.run(
            [self._wrk, "-t1", f"-c{connections}", f"-d{duration}", "--latency", "-s", script, url],
            check=True,
            capture_output=True,
            text=True,
            preexec_fn=to_last_core,
        ).stdout
        requests = re.search(r"requests=(\d+)", told)
        rate = re.search(r"Requests/sec:\s+([0-9.]+)", told)
        if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", told):
            self.refused[url] = self.refused.get(url, 0) + int(refused[1])
        times = [
            float(value) * _UNITS[unit]
            for value, unit in re.findall(r"(?:50|99)%\s+([0-9.]+)(us|ms|s)", told)
        ]
        if not (requests and rate and len(times) == 2):
            raise RuntimeError(f"wrk said something else: {told}")
        self._asked[which] = self._asked.get(which, 0) + int(requests[1])
        return Load(int(requests[1]), float(rate[1]), *times)


def to_last_core() -> None:
    """Leave the first core to the server."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _with_httpx(url: str, keys: Sequence[str], connections: int, seconds: float) -> Load:
    """Ask from threads. The client is many times slower than the server: ratios say little."""
    ends = time.perf_counter() + seconds
    taken: list[float] = []
    lock = threading.Lock()

    def ask() -> None:
        mine = []
        headers = cycle([{"Authorization": f"Bearer {key}"} for key in keys] or [{}])
        with httpx.Client() as client:
            while (began := time.perf_counter()) < ends:
                client.get(url, headers=next(headers))
                mine.append(time.perf_counter() - began)
        with lock:
            taken.extend(mine)

    threads = min(connections, 8)
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(ask) for _ in range(threads)]:
            one.result()
    p50, *_, p99 = (1000 * one for one in quantiles(taken, n=100)[49:])
    return Load(len(taken), len(taken) / seconds, p50, p99)
