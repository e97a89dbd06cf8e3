"""tmux: a buffer of its own, sent on to the terminal and deleted at once.

A plain OSC 52 is dropped by tmux's default settings, and where it is not, the secret stays in
`buffer0` for everybody who attaches.
"""

import secrets
import subprocess

from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier
from store.secrets import Secret

WITHIN = 2.0
"""Seconds tmux gets for each call."""

SENT = "Sent through tmux to your terminal's clipboard. Some ignore it."
OFF = "tmux keeps programs off the clipboard (set-clipboard is off). Select it: shift and mouse."
FAILED = "tmux did not take it (3.2 or newer is needed). Select it: shift and the mouse."


def send(secret: Secret) -> Outcome:
    """Send a text to the terminal around tmux; blocking, up to three calls of tmux."""
    if _tmux("show-options", "-sv", "set-clipboard") == "off":
        return Outcome(Level.UNAVAILABLE, OFF, Carrier.TMUX)
    buffer = f"keydeck-{secrets.token_hex(4)}"
    try:
        taken = _tmux("load-buffer", "-w", "-b", buffer, "-", given=secret)
    finally:
        _tmux("delete-buffer", "-b", buffer)
    if taken is None:
        return Outcome(Level.UNAVAILABLE, FAILED, Carrier.TMUX)
    return Outcome(Level.SENT, SENT, Carrier.TMUX)


def _tmux(*arguments: str, given: Secret | None = None) -> str | None:
    # On standard input: every user of the machine can read a process's arguments.
    try:
        done = subprocess.run(  # noqa: S603
            ["tmux", *arguments],  # noqa: S607
            input=given.reveal() if given else "",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
