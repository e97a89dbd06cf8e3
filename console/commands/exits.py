"""Every refusal as an exit status, in one place."""

from store.errors import (
    CannotLook,
    InvalidInput,
    KeydeckError,
    NotAllowed,
    NotFound,
    RefusedByRule,
    StoreUnusable,
)

DONE = 0
FAILED = 1
USAGE = 2
NOT_ALLOWED = 3
NOT_FOUND = 4
REFUSED = 5
COULD_NOT_LOOK = 6
INTERRUPTED = 130

_BY_FAMILY: tuple[tuple[type[KeydeckError], int], ...] = (
    (InvalidInput, USAGE),
    (NotAllowed, NOT_ALLOWED),
    (NotFound, NOT_FOUND),
    (RefusedByRule, REFUSED),
    (CannotLook, COULD_NOT_LOOK),
)


def status(error: KeydeckError, *, looks: bool = False) -> int:
    """Return the exit status of a refusal; whatever has no family of its own is 1.

    For a command that `looks`, where 1 is a finding, a store that cannot be used is 6.
    """
    if looks and isinstance(error, StoreUnusable):
        return COULD_NOT_LOOK
    return next((number for family, number in _BY_FAMILY if isinstance(error, family)), FAILED)
