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
    NATIVE = "native"
    COMMAND = "command"


MODES = ("auto", "osc52", "tmux", "native", "command", "off")
GUEST_MODES = ("auto", "osc52", "off")
"""What needs no program: under sshd's forced command one would run as the owner of the store."""


@dataclass(frozen=True, slots=True)
class ClipboardChoice:
    """What the admin wants: one of MODES, and the words of a command of their own, if any."""

    mode: str = "auto"
    command: tuple[str, ...] = ()


AUTO = ClipboardChoice()


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
    guest: bool = False
    """Whether sshd's forced command let them in, to whom no program is lent."""
    vim: bool = False
    """Whether it is a window of vim's, which passes nothing on to the clipboard."""

    @classmethod
    def read(
        cls, variables: Mapping[str, str] | None = None, *, guest: bool = False
    ) -> "Environment":
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
            guest=guest,
            vim=bool(has.get("VIM_TERMINAL")) and not (has.get("TMUX") or has.get("STY")),
        )

    @property
    def behind_a_multiplexer(self) -> bool:
        """Whether the admin's terminal is a tmux or screen that no program here can speak to."""
        inside = self.term.startswith(("tmux", "screen"))
        return inside and (self.guest or not (self.tmux or self.screen))


def plan(environment: Environment, choice: ClipboardChoice = AUTO) -> tuple[Carrier, ...]:
    """Return the carriers to try, in order; none where nothing can be reached."""
    if choice.mode == "off" or environment.term in ("", "dumb"):
        return ()
    if environment.guest:
        return (Carrier.OSC52,)
    if choice.mode == "osc52":
        # As it is, screen would take it for itself.
        within = environment.screen and not environment.tmux
        return (Carrier.SCREEN,) if within else (Carrier.OSC52,)
    if choice.mode != "auto":
        return (Carrier(choice.mode),)
    if choice.command:
        return (Carrier.COMMAND,)
    # A multiplexer stands between the console and the terminal: what it drops never arrives.
    if environment.tmux:
        return (Carrier.TMUX,)
    if environment.screen:
        return (Carrier.SCREEN,)
    if environment.desktop:
        return (Carrier.NATIVE, Carrier.OSC52)
    return (Carrier.OSC52,)
