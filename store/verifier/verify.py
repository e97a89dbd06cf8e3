"""The verdict: a presented string, the scopes it needs, an instant. Pure; the read is passed in."""

from collections.abc import Callable
from typing import NamedTuple

from store.credentials.peppers import Peppers
from store.domain.addresses import same_address
from store.domain.clock import Clock
from store.domain.connections import ACCESS
from store.domain.credential import AccessToken, Credential
from store.domain.decision import AccessRequest, decide
from store.domain.key_string import parse
from store.domain.verdicts import Verdict
from store.errors import MalformedKey

_NOBODY = bytes(32)


class VerifyResult(NamedTuple):
    """What was decided. The credential is there only for one who proved to hold its secret."""

    verdict: Verdict
    credential: Credential | None = None
    reason: str | None = None
    """Why it is malformed; never holds what was presented."""
    outcome: str | None = None
    """What a request id says of that, where it is more than the verdict."""


FindKey = Callable[[str], Credential | None]
"""Reads a key by its id.

For an id that is not there it gives another key, so that an unknown id costs what a known one does;
None only in a store without keys.
"""
FindToken = Callable[[str], AccessToken | None]
"""Reads an access token by its id, in the same way."""


def verify(
    presented: str,
    *,
    prefix: str,
    find: FindKey,
    peppers: Peppers,
    request: AccessRequest,
    clock: Clock,
) -> VerifyResult:
    """Decide about one presented string.

    The order is: shape and checksum (no read for garbage), found and secret right, revoked,
    expired, plan, scopes. Raises KeyError when the key was made with a
    pepper that is not in the list, and whatever `find` raises.
    """
    try:
        key_id = parse(presented, prefix)
    except MalformedKey as error:
        return VerifyResult(Verdict.MALFORMED, None, str(error), error.outcome)
    key = find(key_id)
    if not _proven(presented, key, peppers) or key is None or key.id != key_id:
        return VerifyResult(Verdict.UNKNOWN)
    return of_key(key, request, clock.now())


def of_key(key: Credential, request: AccessRequest, now: int) -> VerifyResult:
    """Decide about a key whose secret was right."""
    return VerifyResult(decide(key, request, now), key)


def verify_token(
    presented: str,
    *,
    find: FindToken,
    peppers: Peppers,
    request: AccessRequest,
    resource: str,
    clock: Clock,
) -> VerifyResult:
    """Decide about one presented access token as `verify` does about a key.

    One that was given for another resource is unknown here. One whose hour is over, while its
    connection stands, is expired and has no credential: it is routine, and its client knows what to
    do. Raises as `verify` does.
    """
    try:
        token_id = parse(presented, ACCESS)
    except MalformedKey:
        return VerifyResult(Verdict.MALFORMED, None, "this is not an access token of this server")
    token = find(token_id)
    proven = _proven(presented, None if token is None else token.connection, peppers)
    if not proven or token is None or token.id != token_id:
        return VerifyResult(Verdict.UNKNOWN)
    return of_token(token, request, resource, clock.now())


def of_token(token: AccessToken, request: AccessRequest, resource: str, now: int) -> VerifyResult:
    """Decide about an access token whose secret was right.

    The resource stands in the store as it was written when the connection was approved: capitals or
    a usual port that the public address was given with, which since then it is told without.
    """
    if not same_address(token.resource, resource):
        return VerifyResult(Verdict.UNKNOWN)
    found = of_key(token.connection, request, now)
    ended = found.verdict in (Verdict.REVOKED, Verdict.EXPIRED)
    return VerifyResult(Verdict.EXPIRED) if not ended and now >= token.expires_at else found


def _proven(presented: str, credential: Credential | None, peppers: Peppers) -> bool:
    if credential is None:
        # Whoever asks an empty store waits as long.
        return peppers.matches(presented, peppers.newest, _NOBODY)
    return peppers.matches(presented, credential.pepper, credential.digest)
