"""The article's story, in a real terminal, against a real verifier on a real socket."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.terminal.making import make
from tests.terminal.screen import Terminal, sitting, surroundings
from tests.verifier.serving import PATIENCE_S

PASSWORD = "correct horse battery"


@contextmanager
def verifier(folder: Path) -> Iterator[str]:
    """Run `keydeck serve` beside the console; give the base address of its API."""
    command = [sys.executable, "-m", "console", "serve", "--port", "0"]
    log = (folder / "serve.log").open("wb")
    with (
        log,
        subprocess.Popen(
            command, env=surroundings(folder), stdout=subprocess.PIPE, stderr=log, cwd=folder
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        match = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert match, f"it did not start: {line!r} {(folder / 'serve.log').read_text()}"
        try:
            yield match[0] + "/api/v1"
        finally:
            process.terminate()
            assert process.wait(10) == 0


def set_up(terminal: Terminal) -> None:
    """Walk through set-up as a first user does."""
    terminal.sees("Set up a new store")
    # Typed ahead, as people and scripts do who know the form.
    for text in ("Acme Events", "alice@acme.example", PASSWORD, PASSWORD):
        terminal.line(text)
    terminal.sees("No keys yet")


def holders_of(secret: str, folder: Path) -> list[str]:
    """Return every file below a folder that holds a text."""
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


def processes_naming(secret: str) -> list[int]:
    """Return every process whose arguments or environment hold a text."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if any(secret in text for text in told):
            found.append(process.pid)
    return found


def test_create_a_key_call_the_api_revoke_it_and_see_it_refused(tmp_path: Path) -> None:
    with sitting(tmp_path) as terminal:
        set_up(terminal)
        terminal.send("q")
        assert terminal.ended() == 0

    with verifier(tmp_path) as api, sitting(tmp_path) as terminal:
        terminal.sees("Sign in")
        terminal.line("alice@acme.example")
        terminal.line(PASSWORD)
        terminal.sees("No keys yet")

        key = make(terminal)
        secret = key.split("_")[2]

        bearer = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=api, headers=bearer, timeout=PATIENCE_S) as client:
            assert client.get("/availability").status_code == 200
            refused = client.post("/events", json={"name": "Gala"})
            assert refused.status_code == 403
            assert refused.json()["required_scope"] == "events:write"

            leave_reveal(terminal)
            terminal.sees("● Active")
            assert secret not in terminal.text

            terminal.send("X")
            terminal.sees("cannot be undone")
            terminal.line("Website")
            terminal.sees("✕ Revoked")
            gone = client.get("/availability")
            assert gone.status_code == 401
            assert gone.json()["code"] == "revoked"

        assert processes_naming(secret) == []
        terminal.send("q")
        assert terminal.ended() == 0
        assert secret not in terminal.text

    assert holders_of(secret, tmp_path) == []
    assert oct(os.stat(tmp_path / "data" / "keydeck" / "store.db").st_mode & 0o777) == "0o600"


def leave_reveal(terminal: Terminal) -> None:
    """Say that the key is stored; it is asked once more, as nothing has proven it."""
    terminal.send("\x1b[Z\r")
    terminal.sees("Not proven yet")
    terminal.send("\r")
