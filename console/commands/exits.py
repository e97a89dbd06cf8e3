"""Every refusal as an exit status, in one place."""

from store.errors import CannotLook, InvalidInput, KeydeckError, NotAllowed, NotFound, RefusedByRule

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


def status(error: KeydeckError) -> int:
    """Return the exit status of a refusal; whatever has no family of its own is 1."""
    return next((number for family, number in _BY_FAMILY if isinstance(error, family)), FAILED)
