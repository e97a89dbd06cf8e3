"""Batches: of many things some at a time, so that no statement and no transaction has them all."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 500
"""Rows that one statement asks for by their ids, and one transaction writes of one kind."""
PAUSE_S = 0.05
"""Between two transactions of one use case, for whoever else wants the store's lock."""


def batches(things: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Give a sequence's things in order, up to `size` at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
