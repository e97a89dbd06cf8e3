"""Starting the demonstration and leaving nothing of it behind."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from console.app import run as run_console
from console.clipboard.plan import AUTO, ClipboardChoice
from console.commands.output import progress
from console.launch_options import LaunchOptions
from console.terminal import check_terminal
from store.opening import create_store
from store.sample import Sample, furnish
from store.secrets import Secret

CONFIGURED = ("KEYDECK_STORE", "KEYDECK_WORKSPACE", "KEYDECK_AS", "KEYDECK_PEPPER_FILE")


def run(
    *,
    ascii_only: bool = False,
    clipboard: ClipboardChoice = AUTO,
    theme: str = "dark",
    read_only: bool = False,
) -> int:
    """Open the console on a furnished throwaway store and return its exit status.

    Raises NoTerminal where it cannot be drawn.
    """
    check_terminal()
    for name in CONFIGURED:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="keydeck-demo-"))
    url, pepper_path = f"sqlite:///{folder / 'store.db'}", folder / "pepper"
    keeper = _start_keeper(folder, pepper_path)
    try:
        store = create_store(url, pepper_path=pepper_path)
        password = Secret(secrets.token_urlsafe(16))
        sample = furnish(store, password, progress("Furnishing the demonstration"))
        store.close()
        port = _hand_over(keeper, url, sample)
        return run_console(
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
    finally:
        if keeper.stdin:
            keeper.stdin.close()
        keeper.wait()


def _start_keeper(folder: Path, pepper_path: Path) -> "subprocess.Popen[str]":
    keeper = subprocess.Popen(
        [sys.executable, "-m", "console.demo.keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # Its own session: Ctrl+C and a cut line are for the console, not for whoever tidies up.
        start_new_session=True,
        env={**os.environ, "KEYDECK_PEPPER_FILE": str(pepper_path)},
    )
    # From here on the folder is removed whatever happens to this process.
    _say(keeper, str(folder))
    return keeper


def _say(keeper: "subprocess.Popen[str]", line: str) -> None:
    if keeper.stdin is None:
        raise AssertionError("the keeper was started with pipes")
    keeper.stdin.write(line + "\n")
    keeper.stdin.flush()


def _hand_over(keeper: "subprocess.Popen[str]", url: str, sample: Sample) -> int:
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
    return int(keeper.stdout.readline() or 0) if keeper.stdout else 0
