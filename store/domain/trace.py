"""How a request was decided, step by step, told from what became of it. Pure."""

from enum import StrEnum
from typing import NamedTuple

from store.domain.verdicts import OUTCOMES, Step


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


def trace(outcome: str) -> tuple[Passage, ...]:
    """Return what each step did with a request, empty where the outcome was not about a key."""
    stopped = OUTCOMES.get(outcome)
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
