"""What the verifier can decide about one request."""

from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of one verification; also the dimension of the usage counts."""

    VALID = "valid"
    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PLAN = "plan"
    SCOPE = "scope"
