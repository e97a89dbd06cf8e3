"""Offboarding: somebody has left, and what becomes of the keys they may know. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from store.domain.connections import Connection
from store.domain.keys import Key, State
from store.domain.people import KnownBy
from store.domain.usage import ToolUse, Traffic


class Decision(StrEnum):
    """What is to become of a key that somebody who left may know."""

    ROTATE = "rotate"
    REVOKE = "revoke"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about one key, by whom and when."""

    what: Decision
    reason: str | None
    """Why it is kept, or was revoked."""
    successor: str | None
    """The id of the key that replaces it, whose secret the leaver does not know."""
    at: int
    by: str
    """An e-mail."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that the leaver may know, as it is now."""

    key: Key
    ways: tuple[KnownBy, ...]
    """How they came to know it, the first way first."""
    since: int
    traffic: Traffic
    """Its requests of the last hour."""
    decided: Decided | None
    unstored: str | None = None
    """The id of a successor that may have reached nobody; None where there is none."""

    def waits(self, now: int) -> bool:
        """Return whether somebody still has to decide about it: it works, and nobody has."""
        return self.decided is None and self.key.state(now) is State.ACTIVE


@dataclass(frozen=True, slots=True)
class EndedAssistant:
    """An assistant that the leaver had connected; it ended with their membership."""

    connection: Connection
    called: tuple[ToolUse, ...]
    """What it called in its last 30 days, by name."""


@dataclass(frozen=True, slots=True)
class Offboarding:
    """One person's leaving of one workspace: every active key they knew then, and the decisions."""

    id: int
    person_id: int
    email: str
    name: str
    started_at: int
    started_by: str
    finished_at: int | None
    finished_by: str | None
    keys: tuple[KnownKey, ...]
    assistants: tuple[EndedAssistant, ...] = ()

    def waiting(self, now: int) -> tuple[KnownKey, ...]:
        """Return the keys that still wait for a decision."""
        return tuple(key for key in self.keys if key.waits(now))


@dataclass(frozen=True, slots=True)
class Leaver:
    """An offboarding in a line: who left, and how much is left to do."""

    id: int
    person_id: int
    email: str
    name: str
    started_at: int
    finished_at: int | None
    total: int
    waiting: int
