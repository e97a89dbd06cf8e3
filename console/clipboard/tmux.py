"""tmux: a buffer of its own, sent on to the terminal and deleted at once.

A plain OSC 52 is dropped by tmux's default settings, and where it is not, the secret stays in
`buffer0` for everybody who attaches.
"""

import re
import secrets
import subprocess
from collections.abc import Callable

from console.clipboard import osc52
from console.clipboard.matches import holds
from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier
from store.domain.key_string import Secret
from store.system import processes

WITHIN = 2.0
"""Seconds tmux gets for each call."""

LARGEST = 1_000_000
"""Bytes of a buffer that is looked into: any selection of screens, but no file loaded into tmux."""

SENT = "Sent through tmux to your terminal's clipboard. Some ignore it."
OFF = "tmux keeps programs off the clipboard (set-clipboard is off). Select it: shift and mouse."
FAILED = "tmux did not take it. Select it: shift and the mouse."


def send(secret: Secret, write: Callable[[str], None]) -> Outcome:
    """Send a text to the terminal around tmux; blocking, up to five calls of tmux.

    `write` writes to tmux's own pane, where a tmux is too old to be asked.
    """
    if _tmux("show-options", "-sv", "set-clipboard") == "off":
        return Outcome(Level.UNAVAILABLE, OFF, Carrier.TMUX)
    if passes_everything_on(_tmux("-V") or ""):
        write(through_tmux(osc52.sequence(secret)))
        return Outcome(Level.SENT, SENT, Carrier.TMUX)
    buffer = f"keydeck-{secrets.token_hex(4)}"
    try:
        taken = _tmux("load-buffer", "-w", "-b", buffer, "-", given=secret)
    finally:
        _tmux("delete-buffer", "-b", buffer)
    if taken is None:
        return Outcome(Level.UNAVAILABLE, FAILED, Carrier.TMUX)
    # The terminal around this tmux may be another's pane, whose settings nobody here can ask for.
    around = _tmux("display-message", "-p", "#{client_termname}") or ""
    nested = around.startswith(("tmux", "screen"))
    return Outcome(Level.SENT, osc52.HELD_UP if nested else SENT, Carrier.TMUX)


def passes_everything_on(version: str) -> bool:
    """Return whether a `tmux -V` is before 3.2, which cannot `load-buffer -w`.

    Those need no allow-passthrough: that option came with 3.3, and before it all was let through.
    """
    match = re.match(r"tmux (\d+)\.(\d+)", version)
    return match is not None and (int(match[1]), int(match[2])) < (3, 2)


def through_tmux(inner: str) -> str:
    """Return a sequence wrapped so that tmux passes it on and keeps nothing of it."""
    doubled = inner.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def forget(secret: Secret) -> int:
    """Delete every buffer of tmux that holds a secret, and return how many did; blocking.

    One is left by a selection in tmux's copy mode, with what stood around the secret, and by OSC 52
    where set-clipboard is on.
    """
    listed = (_tmux("list-buffers", "-F", "#{buffer_size} #{buffer_name}") or "").splitlines()
    sized = [line.partition(" ") for line in listed]
    # A name may have a line break in it: what follows that is no line of its own.
    small = [name for size, _, name in sized if size.isdecimal() and int(size) <= LARGEST]
    holding = [name for name in small if holds(secret, _tmux("show-buffer", "-b", name) or "")]
    for name in holding:
        _tmux("delete-buffer", "-b", name)
    return len(holding)


def _tmux(*arguments: str, given: Secret | None = None) -> str | None:
    # On standard input: every user of the machine can read a process's arguments.
    try:
        child = processes.start(
            ["tmux", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    with child:
        try:
            output, _ = child.communicate(given.reveal().encode() if given else b"", WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
            return None
    return output.decode("utf-8", "replace").strip() if child.returncode == 0 else None
