"""What is said of a use case that changes something."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.house import House


@dataclass(frozen=True)
class Mutation:
    """One use case that changes something."""

    name: str
    prepare: Callable[[House], Any]
    """Makes what the call needs; its result is handed to the call."""
    call: Callable[[House, Any], Any]
    admins_only: bool = True
    pro_only: bool = True
    raises_revision: bool = True
    of_verifiers: bool = False
    """Whether only a verifier does it, for an assistant."""
    answers_at_once: bool = False
    """Whether it takes away by refusing: whoever asked is told no more, and nobody waits."""
