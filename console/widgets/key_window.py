"""Rows of a list of keys as they were read, and what is known of the rest of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.keys import Key


@dataclass(frozen=True, slots=True)
class KeyWindow:
    """A stretch of a list, at one instant."""

    keys: Sequence[Key]
    offset: int
    """Rows before the first of them."""
    total: int
    """Rows of the list; there may be more while they are not `counted`."""
    counted: bool
    cursor: int | None
    """Where the current row's key is now; None leaves the cursor where it is."""
    gone: bool
    """Whether that key is in the list no longer."""
    now: int
    revision: int
    """The store's from before they were read: what is above the last one is marked."""
