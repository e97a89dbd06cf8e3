"""Making a key at a terminal, up to its one appearance."""

import re

from tests.house import PASSWORD
from tests.terminal.screen import Terminal

KEY = re.compile(r"jw_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}")


def sign_in(terminal: Terminal) -> None:
    """Sign in as Alice of a house without keys."""
    terminal.sees("Sign in")
    terminal.line("alice@acme.example")
    terminal.line(PASSWORD)
    terminal.sees("No keys yet")


def make(terminal: Terminal) -> str:
    """Make the key Website with the first scope of the grid, and return it as it is shown."""
    terminal.send("n")
    terminal.sees("1 of 3")
    terminal.line("Website")
    terminal.sees("2 of 3")
    terminal.send(" ")
    terminal.send("\r")
    terminal.sees("Can view availability. Cannot create or edit anything.")
    terminal.send("\r")
    found = KEY.search(terminal.wait(KEY.search, "the key"))
    assert found is not None
    return found[0]
