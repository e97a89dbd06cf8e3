"""What the verifier can decide about one request."""

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
