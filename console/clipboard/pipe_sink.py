"""A secret manager's own program as the place to keep a key: `pass insert -m keydeck/website`."""

from collections.abc import Sequence

from console.clipboard import programs
from store.domain.key_string import Secret
from store.errors import Invalid, KeydeckError

WITHIN = 30.0
"""Seconds it gets: most of them reach over a network."""


class NotTaken(KeydeckError):
    """The program did not take the key; the sentence says how it ended."""


def pipe(secret: Secret, command: Sequence[str]) -> str:
    """Give a key to a command on its standard input, and return the sentence about that.

    Blocking, up to 30 seconds. Raises NotTaken unless the command exits with 0, and Invalid when
    the key is among its words: every user of the machine can read those.
    """
    if any(programs.quotes(word, secret) for word in command):
        raise Invalid("command", "The command gets the key on standard input. Write it without.")
    ended = programs.give(secret, command, WITHIN)
    called = programs.name(command)
    if not ended.well:
        raise NotTaken(f"{called} did not take the key ({ended.how}).")
    return f"{called} took the key ({ended.how})."
