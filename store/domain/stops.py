"""Stops: refusals of many keys or of one that are lifted again. Pure.

A stop is not a revocation: nothing ends by it, and whatever it refused is let in once it is lifted.
One of an owner or a label is of every key that has it, for as long as it has it: a key that is made
for that owner or is given that label later is refused too, and one that is taken from it goes on.
Two stops of one key, such as of itself and of its workspace, are lifted one by one.
"""

from dataclasses import dataclass
from enum import StrEnum
from shlex import quote
from typing import NamedTuple

from store.domain.labels import pair_in_words


class StopKind(StrEnum):
    """What a stop is of, as it is stored."""

    KEY = "key"
    OWNER = "owner"
    LABEL = "label"
    WORKSPACE = "workspace"


class Target(NamedTuple):
    """What is to be stopped, or to go on."""

    kind: StopKind
    value: str = ""
    """A key's id, an owner, a label as it is kept; empty for the workspace."""

    @property
    def option(self) -> str:
        """How `keydeck stop` and `keydeck resume` are told of it."""
        match self.kind:
            case StopKind.KEY:
                return self.value
            case StopKind.OWNER:
                return f"--for {quote(self.value)}"
            case StopKind.LABEL:
                return f"--label {quote(pair_in_words(self.value))}"
            case StopKind.WORKSPACE:
                return "--all"


@dataclass(frozen=True, slots=True)
class Stop:
    """One that stands."""

    target: Target
    name: str
    """The key's, the owner's, the label, or the workspace's."""
    stopped_at: int
    stopped_by: str
    """E-mail of whoever stopped it."""
    reason: str | None
