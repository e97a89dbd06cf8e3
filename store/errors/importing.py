"""A key that another system made cannot be brought along: exit code 5."""

from dataclasses import dataclass

from store.errors.families import RefusedByRule


class ValueKnown(RefusedByRule):
    """A value that was brought along before, by whomever; it may have been revoked since."""

    def __str__(self) -> str:
        return "This value was brought along before, and never is again. Give its owner a new key."


@dataclass(eq=False, repr=False)
class ImportRefused(RefusedByRule):
    """An import of which some cannot be brought along, so that none was."""

    bad: int
    line: int
    first: str

    def __str__(self) -> str:
        what = "One key" if self.bad == 1 else f"Of the keys {self.bad:,}"
        return (
            f"{what} cannot be brought along, so none was. Line {self.line}: {self.first} "
            "With --dry-run each is told; --skip-bad leaves them out."
        )
