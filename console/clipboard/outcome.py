"""What is known after an attempt to copy."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much is known."""

    CONFIRMED = "confirmed"
    """Read back from the clipboard, and the same."""
    SENT = "sent"
    """Given to the terminal, which does not answer."""
    UNAVAILABLE = "unavailable"
    """Nothing was sent anywhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt. `sentence` is for the screen and holds nothing of what was copied."""

    level: Level
    sentence: str
    carrier: str
