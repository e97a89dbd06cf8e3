"""Why a verb on keys cannot be done to one, in a sentence; None where it can."""

from store.domain.keys import Key, Note, State


def dead(key: Key, now: int) -> str | None:
    """Return why a key that has ended is left as it is."""
    state = key.state(now)
    if state is State.ACTIVE:
        return None
    return f"“{key.name}” is {state.value} and stays as it is. n makes a new key."


def revoked(key: Key, now: int) -> str | None:
    """Return why a revoked key is not revoked again."""
    return f"“{key.name}” is revoked already, for good." if key.revoked_at is not None else None


def going(key: Key, now: int) -> str | None:
    """Return why there is nothing to let go on."""
    return f"“{key.name}” is not stopped. p stops it." if key.stopped_at is None else None


def confirmed(key: Key, now: int) -> str | None:
    """Return why nobody is asked whether a key is stored."""
    if Note.UNCONFIRMED in key.notes(now):
        return None
    return f"“{key.name}” is no unconfirmed key: there is nothing to say."


def alone(key: Key, now: int) -> str | None:
    """Return why there is no rotation to see."""
    if key.predecessor is None and key.successor is None:
        return f"“{key.name}” is in no rotation. r begins one."
    return None
