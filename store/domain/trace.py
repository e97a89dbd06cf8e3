"""How a request was decided, step by step, told from what became of it. Pure."""

from enum import StrEnum
from typing import NamedTuple

from store.domain.request_ids import ANSWERED


class Step(StrEnum):
    """What is looked at, in this order; the first that fails answers."""

    READ = "read"
    SHAPE = "shape"
    CHECKSUM = "checksum"
    FOUND = "found"
    SECRET = "secret"  # noqa: S105
    STATE = "state"
    PLAN = "plan"
    SCOPE = "scope"


class Result(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    STOPPED = "stopped"
    UNTOLD = "untold"
    """It ended here or at the other step that says so: the answer did not tell which."""
    NOT_REACHED = "not reached"


class Passage(NamedTuple):
    """One step of one request."""

    step: Step
    result: Result


_STOPPED_AT = {
    "missing": (Step.READ,),
    "scheme": (Step.READ,),
    "several_keys": (Step.READ,),
    "key_in_query": (Step.READ,),
    "malformed": (Step.SHAPE,),
    "checksum": (Step.CHECKSUM,),
    # Whoever guesses ids must not learn from a request id which of the two it was.
    "unknown": (Step.FOUND, Step.SECRET),
    "expired": (Step.STATE,),
    "revoked": (Step.STATE,),
    "plan": (Step.PLAN,),
    "scope": (Step.SCOPE,),
    ANSWERED: (),
}


def trace(outcome: str) -> tuple[Passage, ...]:
    """Return what each step did with a request, empty where the outcome was not about a key."""
    stopped = _STOPPED_AT.get(outcome)
    if stopped is None:
        return ()
    steps = list(Step)
    first = steps.index(stopped[0]) if stopped else len(steps)
    found = []
    for place, step in enumerate(steps):
        if step in stopped:
            result = Result.STOPPED if len(stopped) == 1 else Result.UNTOLD
        else:
            result = Result.PASSED if place < first else Result.NOT_REACHED
        found.append(Passage(step, result))
    return tuple(found)
