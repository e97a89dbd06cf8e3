"""The demonstration's keeper: a process that outlives the console by a second, to tidy up.

It runs the verifier and the traffic while its standard input is open. However the console ends,
killed included, the pipe closes; then the keeper stops both and removes the folder. The keys that
the traffic uses arrive on that pipe: never in an argument, never in a file.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from store.system import processes

STOP_WITHIN = 3.0
"""Seconds the verifier gets to write its last counts."""


def main() -> None:
    """Keep the demonstration until EOF.

    In comes a line with the folder, then a line of JSON with the store's address and the callers;
    out goes the verifier's port, or 0 and why it did not start.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = Path(sys.stdin.readline().rstrip("\n"))
    try:
        task = sys.stdin.readline()
        if task:
            _keep(json.loads(task), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep(task: dict[str, Any], folder: Path) -> None:
    command = processes.module("console", "--store", task["url"], "serve", "--port", "0")
    with (folder / "verifier.log").open("wb") as log:
        verifier = processes.start(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=folder
        )
    over = threading.Event()
    try:
        port = _port(verifier)
        print(port or f"0 {_last_line(folder / 'verifier.log')}", flush=True)
        if port:
            traffic = threading.Thread(
                target=_traffic, args=(port, task["callers"], over), daemon=True
            )
            traffic.start()
        # Nothing more is said; this returns when the console is gone.
        sys.stdin.read()
    finally:
        over.set()
        verifier.terminate()
        try:
            verifier.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            verifier.kill()
            verifier.wait()


def _last_line(log: Path) -> str:
    return (log.read_text("utf-8", "replace").strip().splitlines() or [""])[-1]


def _port(verifier: "subprocess.Popen[bytes]") -> int | None:
    line = verifier.stdout.readline().decode() if verifier.stdout else ""
    digits = "".join(char if char.isdigit() else " " for char in line.partition("://")[2]).split()
    # http://127.0.0.1:8080 has the port after the address's four numbers.
    return int(digits[4]) if len(digits) > 4 else None


def _traffic(port: int, callers: list[dict[str, Any]], over: threading.Event) -> None:
    chance = random.Random()  # noqa: S311
    due = [(time.monotonic() + chance.random() * 2, caller) for caller in callers]
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    while not over.is_set():
        due.sort(key=lambda entry: entry[0])
        at, caller = due.pop(0)
        if over.wait(max(0.0, at - time.monotonic())):
            return
        _call(connection, caller)
        pause = chance.expovariate(caller["per_minute"] / 60)
        due.append((time.monotonic() + min(pause, 120.0), caller))


def _call(connection: HTTPConnection, caller: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {caller['key']}", "User-Agent": caller["agent"]}
    body = None
    if caller["method"] == "POST":
        headers["Content-Type"] = "application/json"
        body = b"{}"
    try:
        connection.request(caller["method"], f"/api/v1{caller['path']}", body, headers)
        connection.getresponse().read()
    except (OSError, HTTPException):
        connection.close()


if __name__ == "__main__":
    main()
