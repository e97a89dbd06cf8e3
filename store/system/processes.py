"""Starting other programs: the one place, for all that a process hands on unasked.

A Python that is told `-m` or a script's path looks for modules in the current directory or the
script's folder first: whatever is called `store` or `argon2.py` there would run with the pepper in
reach. Ours are told `-P`, and find what was installed.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def module(name: str, *words: str) -> list[str]:
    """Return the command that runs one of our modules in a process of its own."""
    return [sys.executable, "-P", "-m", name, *words]


def script(path: Path, *words: str) -> list[str]:
    """Return the command that runs one of our files in a process of its own."""
    return [sys.executable, "-P", str(path), *words]


def start(command: Sequence[str], **how: Any) -> "subprocess.Popen[bytes]":
    """Start a program; no shell is asked. `how` is what `subprocess.Popen` takes. Raises OSError.

    It gets our environment, from which passwords were taken before (`console.environment`).
    """
    return subprocess.Popen(list(command), **how)  # noqa: S603
