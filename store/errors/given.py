"""What was given is not acceptable: exit code 2."""

from dataclasses import dataclass

from store.errors.families import InvalidInput


@dataclass(eq=False)
class Invalid(InvalidInput):
    """A value that was refused: which field, and the sentence about it."""

    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(eq=False)
class MalformedKey(InvalidInput):
    """A string that is not one of our keys. Never holds the string."""

    reason: str

    def __str__(self) -> str:
        return f"This is not a keydeck key: {self.reason}."
