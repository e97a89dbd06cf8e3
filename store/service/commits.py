"""Done: what a use case that takes rights away returns, and the commit to be waited for."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from store.domain.audit.actions import Action
from store.domain.people import Actor
from store.persistence.repositories.verifiers import Footing

AT_ONCE = "at once"
"""When a change is in force on SQLite, where every verifier reads each key anew."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class TakenFrom:
    """A key, connection, workspace or route that lets less pass, and whose doing that is."""

    workspace_id: int
    actor: Actor | None
    system: str
    action: Action
    subject: str
    subject_name: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that took something away."""

    at: int
    """In UTC milliseconds, once it had returned."""
    returned: float
    """The same on the clock that leases are counted on."""
    footing: Footing | None
    """None on SQLite."""
    taken: tuple[TakenFrom, ...]


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """The value of a use case that may take rights away, and what is in force only later.

    The value is had together with the commits, so that whoever forgets to wait for them with
    `InForce.wait`, or to say that nobody does, is told by the type checker.
    """

    _value: T_co
    commits: tuple[Commit, ...]
    """None where nothing was taken away, else one: they add up to what is waited for once."""

    def unpack(self) -> tuple[T_co, tuple[Commit, ...]]:
        """Return the value, and the commits for `InForce.wait`."""
        return self._value, self.commits

    def unwaited(self) -> T_co:
        """Return the value where nobody is to be told when the commits are in force."""
        return self._value
