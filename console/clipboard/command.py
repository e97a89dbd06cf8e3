"""A clipboard program of the admin's own choice, such as one that reaches their machine."""

from collections.abc import Sequence

from console.clipboard import programs
from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier
from store.domain.key_string import Secret

WITHIN = 2.0
"""Seconds it gets."""


def send(secret: Secret, command: Sequence[str]) -> Outcome:
    """Give a text to the program on its standard input; blocking, up to two seconds.

    That it ended well is all that is known: nobody reads back what it did with the text.
    """
    ended = programs.give(secret, command, WITHIN, listen=False)
    called = programs.name(command)
    if ended.well:
        return Outcome(Level.SENT, f"Sent with {called}.", Carrier.COMMAND)
    sentence = f"{called} did not take it ({ended.how}). Select it: shift and the mouse."
    return Outcome(Level.UNAVAILABLE, sentence, Carrier.COMMAND)
