"""The verdict: a presented key, the scopes it needs, an instant. Pure; the read is passed in."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from store.clock import Clock
from store.connections import ACCESS
from store.deciding import decide
from store.errors import MalformedKey
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


class TokenRow(NamedTuple):
    """An access token, and its connection as a verdict sees it: as it sees a key."""

    id: str
    expires_at: int
    resource: str
    connection: KeyRow
    """Id, name, scopes and end are the connection's; digest and pepper the token's."""


class Verification(NamedTuple):
    """What was decided. The key is there only for one who proved to hold its secret."""

    verdict: Verdict
    key: KeyRow | None = None
    reason: str | None = None
    """Why it is malformed; never holds what was presented."""
    outcome: str | None = None
    """What a request id says of that, where it is more than the verdict."""


Find = Callable[[str], KeyRow | None]
"""Reads a key's row by its id.

For an id that is not there it gives another key's row, so that an unknown id costs what a known one
does; None only in a store without keys.
"""
FindToken = Callable[[str], TokenRow | None]
"""Reads an access token's row by its id, in the same way."""


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
        return Verification(Verdict.MALFORMED, None, str(error), error.outcome)
    key = find(key_id)
    if key is None:
        peppers.matches(presented, peppers.newest, _NOBODY)
        return Verification(Verdict.UNKNOWN)
    if not peppers.matches(presented, key.pepper, key.digest) or key.id != key_id:
        return Verification(Verdict.UNKNOWN)
    return of_key(key, needed, clock.now())


def of_key(key: KeyRow, needed: Sequence[str], now: int) -> Verification:
    """Decide about a key whose secret was right."""
    verdict = decide(key.revoked_at, key.expires_at, key.plan, key.scopes, needed, now)
    return Verification(verdict, key)


def verify_token(
    presented: str,
    *,
    find: FindToken,
    peppers: Peppers,
    needed: Sequence[str],
    resource: str,
    clock: Clock,
) -> Verification:
    """Decide about one presented access token as `verify` does about a key.

    One that was given for another resource is unknown here. One whose hour is over, while its
    connection stands, is expired and has no key: it is routine, and its client knows what to do.
    Raises as `verify` does.
    """
    try:
        token_id = parse(presented, ACCESS)
    except MalformedKey:
        return Verification(Verdict.MALFORMED, None, "this is not an access token of this server")
    row = find(token_id)
    if row is None:
        peppers.matches(presented, peppers.newest, _NOBODY)
        return Verification(Verdict.UNKNOWN)
    connection = row.connection
    fits = peppers.matches(presented, connection.pepper, connection.digest)
    if not fits or row.id != token_id:
        return Verification(Verdict.UNKNOWN)
    return of_token(row, needed, resource, clock.now())


def of_token(row: TokenRow, needed: Sequence[str], resource: str, now: int) -> Verification:
    """Decide about an access token whose secret was right."""
    if row.resource != resource:
        return Verification(Verdict.UNKNOWN)
    found = of_key(row.connection, needed, now)
    routine = found.verdict in (Verdict.VALID, Verdict.SCOPE, Verdict.PLAN)
    return Verification(Verdict.EXPIRED) if routine and now >= row.expires_at else found
