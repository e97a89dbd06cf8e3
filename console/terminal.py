"""Manners in somebody's terminal: when not to open, and how to leave when told to."""

import asyncio
import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from console.keyboard import Keyboard
from console.textual_privates import read_with
from store.errors import StoreUnusable

LEAVE_WITHIN = 1.0
"""Seconds between a signal and the end of the process, whatever the terminal does."""
CUT_WITHIN = 0.2
"""The same where the terminal is gone: there is no screen to restore."""


@dataclass(eq=False)
class NoTerminal(StoreUnusable):
    """The console cannot be drawn here."""

    guest: bool = False
    """Whether sshd's forced command let them in."""

    def __str__(self) -> str:
        if self.guest:
            return (
                "The console needs a terminal that can draw. Log in from one: ssh -t. "
                "Or name a command, such as keys list."
            )
        return (
            "The console needs a terminal that can draw. "
            "Use the commands instead: keydeck keys list, keydeck --help."
        )


def check_terminal(*, guest: bool = False) -> None:
    """Raise NoTerminal without a terminal on both ends, or on one that cannot draw."""
    ends = os.isatty(sys.__stdin__.fileno() if sys.__stdin__ else 0) and os.isatty(2)
    if not ends or os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        raise NoTerminal(guest)


def read_keys_alone() -> None:
    """Take for a key what was typed, and nothing that the terminal says by itself."""
    read_with(Keyboard)


def leave_on_signals(leave: Callable[[], object]) -> None:
    """Call `leave` on SIGTERM, SIGHUP and SIGINT, inside the running loop, and make sure of it.

    By default they kill without restoring the screen. With the terminal gone, writing the
    restoring bytes can block for ever; a timer outside the loop ends the process then.
    """
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        make_sure(128 + number)
        leave()

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, on_signal, number)


def make_sure(status: int) -> None:
    """End the process in a second from now at the latest, if it has not ended by itself."""
    timer = threading.Timer(CUT_WITHIN if line_is_cut() else LEAVE_WITHIN, os._exit, (status,))
    timer.daemon = True
    timer.start()


def line_is_cut() -> bool:
    """Return whether the terminal on standard input is gone.

    Where SIGHUP is ignored, or goes to another session, nothing else tells, and reading would spin
    at full speed.
    """
    try:
        os.tcgetpgrp(0)
    except OSError as error:
        # A terminal that is another session's, as su -c and setsid leave it, is there all the same.
        return error.errno != errno.ENOTTY
    return False
