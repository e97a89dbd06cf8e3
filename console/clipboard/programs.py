"""Handing a secret to a program: on its standard input, without a shell, for so long."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from console.text.safe import safe
from store.domain.key_string import Secret
from store.errors import Invalid
from store.system import processes

MOST_HEARD = 4096
"""Bytes of a program's standard error that are kept."""
LONGEST = 120
"""Characters of it that are shown."""
LEFT_OUT = "its message quotes the key and is left out"

_LOOK, _READS = 0.05, 32
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_PIECE = 8
"""Characters of a secret in a row that are no accident."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    well: bool
    """Whether it took the secret: it exited with 0."""
    how: str
    """In words, fit for a screen and without the secret: `exit 1: no such vault`."""


def words(command: str) -> tuple[str, ...]:
    """Return a command's words, split as a shell would, for no shell to run.

    Raises Invalid for none, for a quote that does not end, and where there is no such program.
    """
    try:
        found = tuple(shlex.split(command))
    except ValueError:
        raise Invalid("command", "The command has a quote that does not end.") from None
    if not found:
        raise Invalid("command", "Name a command that reads the key on its standard input.")
    if shutil.which(found[0]) is None:
        raise Invalid("command", f"“{found[0]}” is no program here. No shell runs the command.")
    return found


def name(command: Sequence[str]) -> str:
    """Return what to call a command: its program, without the folder or any argument."""
    return Path(command[0]).name


def quotes(text: str, secret: Secret) -> bool:
    """Return whether a text holds a piece of a secret."""
    private = secret.reveal().rpartition("_")[2]
    starts = range(max(1, len(private) - _PIECE + 1))
    return any(private[start : start + _PIECE] in text for start in starts)


def give(secret: Secret, command: Sequence[str], within: float, *, listen: bool = True) -> Ended:
    """Run a command with a secret on its standard input, and nothing after it; blocking.

    After `within` seconds it is killed, with all it started. What it writes goes nowhere, but for
    the first line of its standard error if one listens.
    """
    hears, speaks = os.pipe()
    try:
        child = processes.start(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=speaks if listen else subprocess.DEVNULL,
            # Its own session: it must not ask on the terminal that the console draws on.
            start_new_session=True,
        )
    except OSError as error:
        os.close(hears)
        return Ended(False, f"it did not start: {(error.strerror or str(error)).lower()}")
    finally:
        os.close(speaks)
    try:
        if child.stdin is not None:
            with suppress(BrokenPipeError), child.stdin:
                child.stdin.write(secret.reveal().encode())
        heard = _heard(child, hears, time.monotonic() + within)
    finally:
        # Before the pipe is closed, or it would be the pipe that ends the program.
        status = _stopped(child)
        os.close(hears)
    how, line = _how(status), _line(heard, secret)
    return Ended(status == 0, f"{how}: {line}" if line else how)


def _heard(child: "subprocess.Popen[bytes]", hears: int, end: float) -> bytes:
    # Until the program ends, not until the pipe closes: what it leaves behind may hold that open.
    os.set_blocking(hears, False)
    heard = b""
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK)
        # Not to its end: there are programs that never stop talking.
        with suppress(BlockingIOError):
            for _ in range(_READS):
                heard = (heard + os.read(hears, MOST_HEARD))[:MOST_HEARD]
        if child.returncode is not None or time.monotonic() >= end:
            return heard


def _stopped(child: "subprocess.Popen[bytes]") -> int | None:
    status = child.poll()
    if status is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return status


def _how(status: int | None) -> str:
    if status is None:
        return "it took too long and was stopped"
    return f"exit {status}" if status >= 0 else f"it was killed by signal {-status}"


def _line(heard: bytes, secret: Secret) -> str:
    text = _COLOURS.sub("", heard.decode(errors="replace"))
    line = next((raw.strip() for raw in text.splitlines() if raw.strip()), "")
    if line and quotes(line, secret):
        return LEFT_OUT
    return safe(line[:LONGEST])
