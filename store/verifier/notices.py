"""Telling an integration, with every answer, that its key will stop working, and when.

`Deprecation` (RFC 9745) says since when the key should not be relied upon any more: since it was
given a successor, else since it came near its expiry. Its value is a structured field of the type
Date (RFC 9651 3.3.7), seconds since 1970 after an `@` (RFC 9745 2.1). `Sunset` (RFC 8594 3) says
when it will be refused, as an HTTP-date (RFC 9110 5.6.7), which is always in GMT. A sunset must not
be earlier than the deprecation (RFC 9745 4).

A key without an expiry has no date to tell, and gets neither.
"""

from collections.abc import Callable
from email.utils import formatdate
from typing import NamedTuple

from store.domain.credential import Credential
from store.domain.keys import EXPIRING_WITHIN
from store.domain.remembered import MOST_REMEMBERED
from store.domain.times import MINUTE, SECOND
from store.errors import StoreUnusable
from store.verifier.answers import Headers

DESCRIBED = {
    "Deprecation": (
        "Of a key that was rotated or is near its expiry: since when, such as `@1795521600` "
        "(RFC 9745)."
    ),
    "Sunset": "When that key will be refused (RFC 8594).",
}
"""What the reference says of them."""


REMEMBERED = MINUTE
"""How long it is not asked anew whether a key was rotated: nothing is decided by it."""
_MOST = MOST_REMEMBERED


class _Known(NamedTuple):
    expires_at: int
    since: int
    until: int
    headers: Headers


class Notices:
    """What one worker has to tell its callers about their keys."""

    def __init__(self, rotated_at: Callable[[Credential], int | None]) -> None:
        """`rotated_at` reads when a key was given the successor that stands, or None."""
        self._rotated_at = rotated_at
        self._known: dict[str, _Known] = {}

    def of(self, key: Credential, now: int) -> Headers:
        """Return what to tell whoever holds a valid key at an instant; mostly nothing.

        A rotation is heard of within a minute, and so is its end. Where the store cannot be read,
        nothing is told: a key that is remembered is good all the same.
        """
        ends = key.expires_at
        if ends is None:
            return ()
        known = self._known.get(key.id)
        if known is not None:
            expires_at, since, until, notice = known
            if expires_at == ends and since <= now < until:
                return notice
        return self._find(key, ends, now)

    def _find(self, key: Credential, ends: int, now: int) -> Headers:
        if len(self._known) >= _MOST:
            self._known.clear()
        try:
            since = self._rotated_at(key)
        except StoreUnusable:
            return ()
        near, until = ends - EXPIRING_WITHIN, now + REMEMBERED
        if since is None and now >= near:
            since = max(key.created_at, near)
        elif since is None:
            until = min(until, near)
        notice = () if since is None else headers(since, ends)
        self._known[key.id] = _Known(ends, now, until, notice)
        return notice


def headers(since: int, ends: int) -> Headers:
    """Return the two headers for a key that is deprecated since an instant and ends at another."""
    return (
        (b"deprecation", b"@%d" % (since // SECOND)),
        (b"sunset", formatdate(ends // SECOND, usegmt=True).encode("ascii")),
    )
