"""Where a password comes from: never from an argument, which every user of the machine can read."""

import contextlib
import io
import os
import termios
from collections.abc import Iterator

from console.commands import standard_input
from console.commands.interruptible import InterruptibleReader
from store.domain.key_string import Secret
from store.errors import Invalid, KeydeckError, NotSignedIn


def from_standard_input() -> Secret:
    """Return the next line of standard input. Raises Invalid when it is empty."""
    text = standard_input.line("password")
    if not text:
        raise Invalid("password", "Standard input has no password on its first line.")
    return Secret(text)


def code(*, from_stdin: bool) -> Secret:
    """Return a one-time code: standard input's next line, or asked for at the terminal, unseen.

    Raises Invalid where there is neither.
    """
    if from_stdin:
        return from_standard_input()
    told = (
        "There is no terminal to ask for the code on: say --code-stdin. It is the first line of "
        "standard input then, and with --password-stdin the password the next."
    )
    return from_terminal("Code", nowhere=Invalid("code", told))


def from_terminal(
    about: str, *, twice: bool = False, nowhere: KeydeckError | None = None
) -> Secret:
    """Ask on the terminal, unseen, twice for one that is being chosen.

    Where there is none it raises `nowhere`, or NotSignedIn; Invalid when the two differ.
    """
    try:
        typed = _unseen(about)
        again = _unseen("Once more") if twice else typed
    except OSError:
        raise nowhere or NotSignedIn("There is no terminal to ask on.") from None
    if typed != again:
        raise Invalid("password", "The two passwords differ. Try again.")
    return Secret(typed)


def _unseen(asked: str) -> str:
    """Return a line typed at the terminal, wherever standard input is.

    As `getpass` asks, but an interrupt is heard whenever it comes, and where nobody can be kept
    from seeing what is typed nobody is asked. Raises OSError where there is no terminal,
    NotSignedIn for the end of input, Invalid for what is not UTF-8.
    """
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    try:
        with _without_echo(terminal):
            os.write(terminal, f"{asked}: ".encode())
            typed = io.BufferedReader(InterruptibleReader(terminal)).readline()
    finally:
        os.close(terminal)
    if not typed:
        raise NotSignedIn("No password was given.")
    try:
        return typed.decode().rstrip("\n")
    except UnicodeDecodeError:
        raise Invalid("password", "What was typed is not UTF-8. Try again.") from None


@contextlib.contextmanager
def _without_echo(terminal: int) -> Iterator[None]:
    before = termios.tcgetattr(terminal)
    unseen = [*before]
    unseen[3] &= ~termios.ECHO
    try:
        # What was typed before the question was seen is no answer to it.
        termios.tcsetattr(terminal, termios.TCSAFLUSH, unseen)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        # Enter was not shown either.
        os.write(terminal, b"\n")
