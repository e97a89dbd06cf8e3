"""Starting the demonstration and leaving nothing of it behind."""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from console.app import run as run_console
from console.clipboard.plan import AUTO, ClipboardChoice
from console.commands.output import progress
from console.launch_options import LaunchOptions
from console.terminal import check_terminal
from store.domain.key_string import Secret
from store.errors import StoreUnusable
from store.operations.open import create_store
from store.sample import Sample, furnish
from store.system import processes

CONFIGURED = ("KEYDECK_STORE", "KEYDECK_WORKSPACE", "KEYDECK_AS", "KEYDECK_PEPPER_FILE")


OWN = (
    "That was a demonstration; nothing of it is left. keydeck opens a console of your own, "
    "and keydeck help says the rest."
)
"""Said once it is over."""


@dataclass(eq=False)
class DemoFailed(StoreUnusable):
    """The process that runs the demonstration's verifier could not."""

    why: str

    def __str__(self) -> str:
        return f"The demonstration did not start. Its verifier said: {self.why}"


def run(
    *,
    ascii_only: bool = False,
    clipboard: ClipboardChoice = AUTO,
    theme: str = "dark",
    read_only: bool = False,
) -> int:
    """Open the console on a furnished throwaway store and return its exit status.

    Raises NoTerminal where it cannot be drawn, DemoFailed when its verifier does not start.
    """
    check_terminal()
    for name in CONFIGURED:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="keydeck-demo-"))
    url, pepper_path = f"sqlite:///{folder / 'store.db'}", folder / "pepper"
    with tempfile.TemporaryFile() as log:
        keeper = _start_keeper(folder, pepper_path, log)
        try:
            store = create_store(url, pepper_path=pepper_path)
            password = Secret(secrets.token_urlsafe(16))
            sample = furnish(store, password, progress("Furnishing the demonstration"))
            store.close()
            port = _hand_over(keeper, url, sample, log)
            status = run_console(
                LaunchOptions(
                    url=url,
                    pepper_path=pepper_path,
                    workspace=sample.workspace,
                    email=sample.email,
                    password=sample.password,
                    ascii_only=ascii_only,
                    clipboard=clipboard,
                    theme=theme,
                    read_only=read_only,
                    api=f"http://127.0.0.1:{port}",
                    demo=True,
                )
            )
            if status == 0:
                print(OWN)
            return status
        finally:
            if keeper.stdin:
                with suppress(BrokenPipeError):
                    keeper.stdin.close()
            if keeper.wait():
                # It tidies up, but for one that died.
                shutil.rmtree(folder, ignore_errors=True)


def _start_keeper(folder: Path, pepper_path: Path, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    keeper = processes.start(
        processes.module("console.demo.keeper"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        # Its own session: Ctrl+C and a cut line are for the console, not for whoever tidies up.
        start_new_session=True,
        env={**os.environ, "KEYDECK_PEPPER_FILE": str(pepper_path)},
    )
    # From here on the folder is removed whatever happens to this process.
    _say(keeper, str(folder))
    return keeper


def _say(keeper: "subprocess.Popen[bytes]", line: str) -> None:
    if keeper.stdin is None:
        raise AssertionError("the keeper was started with pipes")
    # One that died is noticed where it should answer.
    with suppress(BrokenPipeError):
        keeper.stdin.write(line.encode() + b"\n")
        keeper.stdin.flush()


def _hand_over(keeper: "subprocess.Popen[bytes]", url: str, sample: Sample, log: IO[bytes]) -> int:
    callers: list[dict[str, Any]] = [
        {
            "key": caller.key.reveal(),
            "method": caller.method,
            "path": caller.path,
            "agent": caller.agent,
            "per_minute": caller.per_minute,
        }
        for caller in sample.callers
    ]
    _say(keeper, json.dumps({"url": url, "callers": callers}))
    answer = keeper.stdout.readline().decode("utf-8", "replace") if keeper.stdout else ""
    port, _, why = answer.strip().partition(" ")
    if port.isdecimal() and int(port):
        return int(port)
    if not answer:
        log.seek(0)
        why = (log.read().decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    raise DemoFailed(why or "it said nothing")
