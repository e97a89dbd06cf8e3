"""What was to be looked at could not be: exit code 6."""

from dataclasses import dataclass

from store.errors.families import CannotLook


@dataclass(eq=False, repr=False)
class EntryArchived(CannotLook):
    """An entry of the audit that is in the store no more."""

    seq: int
    file: str

    def __str__(self) -> str:
        return f"Entry {self.seq} is archived in {self.file}: name that with --archive FILE."


@dataclass(eq=False, repr=False)
class PlaceUnreadable(CannotLook):
    """A place where keys were to be looked for."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"“{self.place}” could not be looked at: {self.reason}."
