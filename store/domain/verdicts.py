"""What can become of a request: the verdict on it, or whatever else answers, and at which step."""

from collections.abc import Mapping
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of one verification; also the dimension of the usage counts."""

    # The enum's own is written in Python, and every request is counted by its verdict.
    __hash__ = str.__hash__

    VALID = "valid"
    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PLAN = "plan"
    SCOPE = "scope"
    ROUTE = "route"
    STOPPED = "stopped"
    NETWORK = "network"
    NOT_BEFORE = "not_before"
    LIMITED = "limited"


class Step(StrEnum):
    """What is looked at, in this order; the first that fails answers."""

    READ = "read"
    SHAPE = "shape"
    CHECKSUM = "checksum"
    FOUND = "found"
    SECRET = "secret"  # noqa: S105
    STATE = "state"
    STOP = "stop"
    PLAN = "plan"
    NETWORK = "network"
    SCOPE = "scope"
    LIMIT = "limit"


ANSWERED = "answered"
"""The outcome of a request that was not refused."""

OUTCOMES: Mapping[str, tuple[Step, ...] | None] = {
    ANSWERED: (),
    "missing": (Step.READ,),
    "scheme": (Step.READ,),
    "malformed": (Step.SHAPE,),
    "checksum": (Step.CHECKSUM,),
    # Whoever guesses ids must not learn from a request id which of the two it was.
    "unknown": (Step.FOUND, Step.SECRET),
    "expired": (Step.STATE,),
    "revoked": (Step.STATE,),
    "plan": (Step.PLAN,),
    "scope": (Step.SCOPE,),
    "several_keys": (Step.READ,),
    "key_in_query": (Step.READ,),
    "invalid_request": None,
    "not_found": None,
    "method_not_allowed": None,
    "request_timeout": None,
    "too_large": None,
    "unsupported_media_type": None,
    "invalid_body": None,
    "internal": None,
    "unavailable": None,
    "rate_limited": None,
    "invalid_signature": None,
    "precondition_failed": None,
    "idempotency_running": None,
    "idempotency_reused": None,
    # What it may do says its routes, before its scopes.
    "route": (Step.SCOPE,),
    "ambiguous_path": None,
    "stopped": (Step.STOP,),
    "network": (Step.NETWORK,),
    "not_before": (Step.STATE,),
    "limited": (Step.LIMIT,),
}
"""Every outcome, with the step it stopped at; None where it was not about a credential.

A request id holds an outcome by its place here, and outlives a version: so this only grows, at its
end.
"""

_STEPS = list(Step)
_PROVEN = _STEPS[_STEPS.index(Step.SECRET) + 1 :]
OF_CREDENTIALS = tuple(
    verdict for verdict in Verdict if set(OUTCOMES.get(verdict.value) or ()) & set(_PROVEN)
)
"""Verdicts other than valid on a credential whose secret was right: each leaves a row."""
