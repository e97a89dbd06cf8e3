"""The desktop's own clipboard, by pyperclip, in a process of its own.

In the console's process pyperclip can hang on a dead display, print onto the screen, and take a
failing helper for success.
"""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier
from store.domain.key_string import Secret
from store.system import processes

WITHIN = 2.0
"""Seconds for copying and reading back."""

CONFIRMED = "On this desktop's clipboard: read back, and the same."
FAILED = "This desktop's clipboard did not take it. Select it: shift and the mouse."


def send(secret: Secret) -> Outcome:
    """Copy a text and read it back; blocking, up to two seconds."""
    child = processes.start(
        processes.script(Path(__file__).with_name("desktop_child.py")),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.communicate(secret.reveal().encode(), timeout=WITHIN)
    except subprocess.TimeoutExpired:
        # With whatever it started: a helper that hangs holds the secret.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode == 0:
        return Outcome(Level.CONFIRMED, CONFIRMED, Carrier.NATIVE)
    return Outcome(Level.UNAVAILABLE, FAILED, Carrier.NATIVE)
