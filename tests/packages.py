"""Packages of other worlds that a test needs: installed once, kept from one run to the next."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program that has to succeed, and return what it printed."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@contextmanager
def kept(what: bytes) -> Iterator[tuple[Path, bool]]:
    """Give a folder that stays from one run to the next, and whether it has all it should have."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keydeck-tests"
    folder = root / hashlib.sha256(what).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "whole"
    with (folder / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield folder, whole.exists()
        whole.touch()


def node_modules(wanted: Path, *options: str) -> Path:
    """Return a `node_modules` with what a `package.json` asks for; `options` are npm's."""
    with kept(wanted.read_bytes()) as (folder, whole):
        if not whole:
            shutil.copy(wanted, folder)
            run("npm", "install", "--silent", "--no-audit", "--no-fund", *options, cwd=folder)
        return folder / "node_modules"
