"""Stops: refusals of many keys or of one that are lifted again. Pure.

A stop is not a revocation: nothing ends by it, and whatever it refused is let in once it is lifted.
Two stops of one key, such as of itself and of its workspace, are lifted one by one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class StopKind(StrEnum):
    """What a stop is of, as it is stored."""

    KEY = "key"
    WORKSPACE = "workspace"


class Target(NamedTuple):
    """What is to be stopped, or to go on."""

    kind: StopKind
    value: str = ""
    """A key's id; empty for the workspace."""

    @property
    def option(self) -> str:
        """How `keydeck stop` and `keydeck resume` are told of it."""
        match self.kind:
            case StopKind.KEY:
                return self.value
            case StopKind.WORKSPACE:
                return "--all"


@dataclass(frozen=True, slots=True)
class Stop:
    """One that stands."""

    target: Target
    name: str
    """The key's, or the workspace's."""
    stopped_at: int
    stopped_by: str
    """E-mail of whoever stopped it."""
    reason: str | None
