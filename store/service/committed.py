"""What was committed, for whoever may have to say so although nothing could be printed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Committed:
    """What the audit says was done, and to what."""

    action: str
    subject: str
    subject_name: str


_kept: ContextVar[list[Committed] | None] = ContextVar("kept", default=None)


@contextmanager
def keeping() -> Iterator[list[Committed]]:
    """Give a list to which this thread's mutations add what they have committed."""
    done: list[Committed] = []
    token = _kept.set(done)
    try:
        yield done
    finally:
        _kept.reset(token)


def keep(done: list[Committed]) -> None:
    """Add what was committed to the list of whoever keeps one, if anybody does."""
    kept = _kept.get()
    if kept is not None:
        kept.extend(done)
