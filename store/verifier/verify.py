"""The verdict: a presented key, the scopes it needs, an instant. Pure; the read is passed in."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from store.clock import Clock
from store.errors import MalformedKey
from store.people import Plan
from store.peppers import Peppers
from store.secrets import parse
from store.verdicts import Verdict

_NOBODY = bytes(32)


class KeyRow(NamedTuple):
    """What a verdict depends on: a key's row, its workspace's slug and plan."""

    id: str
    workspace_id: int
    workspace: str
    plan: str
    name: str
    digest: bytes
    pepper: str
    scopes: str
    """Canonical: sorted, space-separated."""
    expires_at: int | None
    revoked_at: int | None
    created_at: int = 0


class Verification(NamedTuple):
    """What was decided. The key is there only for one who proved to hold its secret."""

    verdict: Verdict
    key: KeyRow | None = None
    reason: str | None = None
    """Why it is malformed; never holds what was presented."""


Find = Callable[[str], KeyRow | None]
"""Reads a key's row by its id.

For an id that is not there it gives another key's row, so that an unknown id costs what a known one
does; None only in a store without keys.
"""


def verify(
    presented: str,
    *,
    prefix: str,
    find: Find,
    peppers: Peppers,
    needed: Sequence[str],
    clock: Clock,
) -> Verification:
    """Decide about one presented string.

    The order is: shape and checksum (no read for garbage), found and secret right, revoked,
    expired, plan, scopes, all of which are needed. Raises KeyError when the key was made with a
    pepper that is not in the list, and whatever `find` raises.
    """
    try:
        key_id = parse(presented, prefix)
    except MalformedKey as error:
        return Verification(Verdict.MALFORMED, None, str(error))
    key = find(key_id)
    if key is None:
        peppers.matches(presented, peppers.newest, _NOBODY)
        return Verification(Verdict.UNKNOWN)
    if not peppers.matches(presented, key.pepper, key.digest) or key.id != key_id:
        return Verification(Verdict.UNKNOWN)
    return Verification(_verdict(key, needed, clock.now()), key)


def _verdict(key: KeyRow, needed: Sequence[str], now: int) -> Verdict:
    if key.revoked_at is not None:
        return Verdict.REVOKED
    if key.expires_at is not None and now >= key.expires_at:
        return Verdict.EXPIRED
    if key.plan != Plan.PRO:
        return Verdict.PLAN
    if needed and not grants(key, needed):
        return Verdict.SCOPE
    return Verdict.VALID


def grants(key: KeyRow, needed: Sequence[str]) -> bool:
    """Return whether a key has every scope that is needed; `write` does not imply `read`."""
    granted = key.scopes.split(" ")
    return all(scope in granted for scope in needed)
