"""Where a password comes from: never from an argument, which every user of the machine can read."""

import getpass

from console.commands import standard_input
from store.domain.key_string import Secret
from store.errors import Invalid, NotSignedIn


def from_standard_input() -> Secret:
    """Return the next line of standard input. Raises Invalid when it is empty."""
    text = standard_input.line("password")
    if not text:
        raise Invalid("password", "Standard input has no password on its first line.")
    return Secret(text)


def from_terminal(about: str, *, twice: bool = False) -> Secret:
    """Ask on the terminal, unseen, twice for one that is being chosen.

    Raises NotSignedIn where there is no terminal, Invalid when the two differ.
    """
    try:
        # getpass falls back to standard input, and shows what is typed, without a terminal.
        open("/dev/tty").close()
        typed = getpass.getpass(f"{about}: ")
        again = getpass.getpass("Once more: ") if twice else typed
    except OSError:
        raise NotSignedIn(
            "There is no terminal to ask on. Use --password-stdin or KEYDECK_PASSWORD."
        ) from None
    except EOFError:
        raise NotSignedIn("No password was given.") from None
    if typed != again:
        raise Invalid("password", "The two passwords differ. Try again.")
    return Secret(typed)
