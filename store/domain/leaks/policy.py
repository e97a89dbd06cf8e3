"""What becomes of a key that somebody reports leaked."""

from enum import StrEnum


class LeakPolicy(StrEnum):
    """For the whole store; the operator chooses."""

    OFF = "off"
    """Reports are not taken."""
    REPORT = "report"
    """The workspace's admins see it."""
    REVOKE = "revoke"
    """The key is revoked: whoever has all of it has proven that it is out."""
