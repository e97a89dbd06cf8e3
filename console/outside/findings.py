"""What became of looking at something from outside, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a look has shown."""

    HOLDS = "holds"
    OPEN = "open"
    UNSEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one look."""

    name: str
    promise: str
    """What is true where it holds, as a sentence."""
    outcome: Outcome
    seen: str = ""
    """What was seen where it is open, or why nothing was; as a clause."""
    mend: str = ""
    """What to do where it is open."""


def of(findings: Sequence[Finding], outcome: Outcome) -> list[Finding]:
    """Return those with an outcome."""
    return [finding for finding in findings if finding.outcome is outcome]
