"""How whoever waits for long work is told how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called between two things with how many are done, how many there are, and the next one's name.

What it raises, such as KeyboardInterrupt, stops the work there: what is done stays done.
"""


def unseen(done: int, total: int, name: str) -> None:
    """Tell nobody."""
