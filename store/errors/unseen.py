"""What was to be looked at could not be: exit code 6."""

from dataclasses import dataclass

from store.errors.families import CannotLook


@dataclass(eq=False)
class PlaceUnreadable(CannotLook):
    """A place where keys were to be looked for."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"“{self.place}” could not be looked at: {self.reason}."
