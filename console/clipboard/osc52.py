"""OSC 52: the terminal itself is asked to fill its clipboard (xterm's ctlseqs, "Operating System
Commands"). No terminal confirms it, and some ignore it.
"""

import base64
from collections.abc import Callable

from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier
from store.domain.key_string import Secret

SENT = "Sent to your terminal's clipboard. Some terminals ignore it."
HELD_UP = "Sent, but your tmux or screen may stop it: tmux needs set-clipboard on."
IN_VIM = "Sent, but vim's terminal drops it. Select it: shift and mouse, or another terminal."

_PIECE = 700
"""Bytes in one of GNU screen's device control strings; it drops what is over 768."""


def sequence(secret: Secret) -> str:
    """Return the sequence that asks a terminal to put a text on the clipboard."""
    return f"\x1b]52;c;{base64.b64encode(secret.reveal().encode()).decode()}\a"


def through_screen(inner: str) -> str:
    """Return a sequence wrapped so that GNU screen passes it on, in pieces it does not drop."""
    pieces = (inner[start : start + _PIECE] for start in range(0, len(inner), _PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def send(secret: Secret, write: Callable[[str], None], said: str = SENT) -> Outcome:
    """Send a text to the terminal that `write` writes to; `said` tells what may become of it."""
    write(sequence(secret))
    return Outcome(Level.SENT, said, Carrier.OSC52)


def send_through_screen(secret: Secret, write: Callable[[str], None]) -> Outcome:
    """Send a text to the terminal around GNU screen."""
    write(through_screen(sequence(secret)))
    return Outcome(Level.SENT, SENT, Carrier.SCREEN)
