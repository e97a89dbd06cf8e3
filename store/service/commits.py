"""What a mutation takes away, and the commit it was taken away with."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from store.domain.people import Actor
from store.persistence.repositories.verifiers import Footing

AT_ONCE = "at once"
"""When a change is in force on SQLite, where every verifier reads each key anew."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A key, connection or workspace that may do less, and whose doing that is."""

    workspace_id: int
    actor: Actor | None
    system: str
    action: str
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
    taken: tuple[Taking, ...]


_noted: ContextVar[list[Commit] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[Commit]]:
    """Give a list to which this thread's mutations add their commits that take something away."""
    commits: list[Commit] = []
    token = _noted.set(commits)
    try:
        yield commits
    finally:
        _noted.reset(token)


def note(commit: Commit) -> None:
    """Add a commit to the list of whoever waits for it, if anybody does."""
    commits = _noted.get()
    if commits is not None:
        commits.append(commit)
