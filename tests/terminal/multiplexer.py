"""A tmux of one's own, with something in it, and what arrives at the terminal around it."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.screen import Terminal, surroundings

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


def asked(text: str) -> bytes:
    """Return what asks a terminal to put a text on its clipboard, up to the terminator."""
    return b";" + base64.b64encode(text.encode())


def tmux_words(folder: Path, settings: str = "") -> tuple[list[str], list[str]]:
    """Return how to call a tmux of one's own, and how to start it with a command in it."""
    file = folder / "tmux.conf"
    file.write_text(f"{settings}\n")
    # Short: the path of a socket may have no more than about a hundred characters.
    call = ["tmux", "-L", f"kd{os.getpid()}"]
    return call, [*call, "-f", str(file), "new-session"]


@contextmanager
def tmux(folder: Path, *command: str, settings: str = "") -> Iterator[tuple[Terminal, list[str]]]:
    """Sit in a tmux of one's own with a command in it; also give the way to call that tmux."""
    call, start = tmux_words(folder, settings)
    terminal = Terminal([*start, *command], surroundings(folder), cwd=folder)
    try:
        yield terminal, call
    finally:
        subprocess.run([*call, "kill-server"], check=False, capture_output=True)
        terminal.process.close(force=True)
