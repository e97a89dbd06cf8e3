"""The rules by which a key whose secret was right is let in or not. Pure.

The verifier decides by them, and so does whoever asks beforehand.
"""

from collections.abc import Sequence

from store.people import Plan
from store.verdicts import Verdict


def decide(
    revoked_at: int | None,
    expires_at: int | None,
    plan: str,
    granted: str,
    needed: Sequence[str],
    now: int,
) -> Verdict:
    """Return the verdict at an instant; all of `needed` must be granted.

    `granted` is canonical: sorted, space-separated.
    """
    if revoked_at is not None:
        return Verdict.REVOKED
    if expires_at is not None and now >= expires_at:
        return Verdict.EXPIRED
    if plan != Plan.PRO:
        return Verdict.PLAN
    if needed and not grants(granted, needed):
        return Verdict.SCOPE
    return Verdict.VALID


def grants(granted: str, needed: Sequence[str]) -> bool:
    """Return whether every scope that is needed is granted; `write` does not imply `read`."""
    scopes = granted.split(" ")
    return all(scope in scopes for scope in needed)
