"""Which ways lead from here to the admin's clipboard, best first. Pure."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Carrier(StrEnum):
    """A way to a clipboard."""

    TMUX = "tmux"
    SCREEN = "screen"
    OSC52 = "osc52"
    DESKTOP = "desktop"


MODES = ("auto", "off", *Carrier)


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment tells of where the console runs."""

    term: str
    tmux: bool
    screen: bool
    ssh: bool
    """Whether the admin sits at another machine."""
    desktop: bool
    """Whether there is a desktop whose clipboard programs can reach from here."""

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> "Environment":
        """Read the process's environment, or the variables given."""
        has = os.environ if variables is None else variables
        ssh = bool(has.get("SSH_CONNECTION") or has.get("SSH_TTY"))
        display = bool(has.get("DISPLAY") or has.get("WAYLAND_DISPLAY"))
        # On a remote Mac or Windows the desktop is somebody else's; a forwarded DISPLAY is not.
        own = sys.platform in ("darwin", "win32", "cygwin") and not ssh
        return cls(
            term=has.get("TERM", ""),
            tmux=bool(has.get("TMUX")),
            screen=bool(has.get("STY")),
            ssh=ssh,
            desktop=display or own,
        )


def plan(environment: Environment, mode: str = "auto") -> tuple[Carrier, ...]:
    """Return the carriers to try, in order; none where nothing can be reached.

    `mode` is `auto`, `off`, or the one carrier to use.
    """
    if mode == "off" or environment.term in ("", "dumb"):
        return ()
    if mode != "auto":
        return (Carrier(mode),)
    # A multiplexer stands between the console and the terminal: what it drops never arrives.
    if environment.tmux:
        return (Carrier.TMUX,)
    if environment.screen:
        return (Carrier.SCREEN,)
    if environment.desktop:
        return (Carrier.DESKTOP, Carrier.OSC52)
    return (Carrier.OSC52,)
