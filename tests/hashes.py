"""What a password costs in tests: next to nothing, where its strength is not what is tried."""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from store.credentials import passwords

_STRONG = passwords._HASHER
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def quick_hashes() -> None:
    """Let passwords cost so little that nobody waits for them; processes of their own do wait."""
    _use(_QUICK)


@contextmanager
def strong_hashes() -> Iterator[None]:
    """Let passwords cost what they cost whoever guesses them."""
    before = passwords._HASHER
    _use(_STRONG)
    try:
        yield
    finally:
        _use(before)


def _use(hasher: PasswordHasher) -> None:
    passwords._HASHER = hasher
    # It was made at another cost.
    passwords._unmatchable.cache_clear()
