"""Telling an integration, with every answer, that its key will stop working, and when.

`Deprecation` (RFC 9745) says since when the key should not be relied upon any more: since it was
given a successor, else since it came near its expiry. Its value is a structured field of the type
Date (RFC 9651 3.3.7), seconds since 1970 after an `@` (RFC 9745 2.1). `Sunset` (RFC 8594 3) says
when it will be refused, as an HTTP-date (RFC 9110 5.6.7), which is always in GMT. A sunset must not
be earlier than the deprecation (RFC 9745 4).

A key without an expiry has no date to tell, and gets neither.
"""

from email.utils import formatdate
from functools import lru_cache

from store.keys import EXPIRING_WITHIN
from store.verifier.answers import Headers
from store.verifier.verify import KeyRow

DESCRIBED = {
    "Deprecation": (
        "Of a key that was rotated or is near its expiry: since when, such as `@1795521600` "
        "(RFC 9745)."
    ),
    "Sunset": "When that key will be refused (RFC 8594).",
}
"""What the reference says of them."""


def notice(key: KeyRow, rotated_at: int | None, now: int) -> Headers:
    """Return what to tell whoever holds a valid key at an instant; mostly nothing.

    `rotated_at` is when it was given the successor that stands, None where it has none.
    """
    ends = key.expires_at
    if ends is None:
        return ()
    since = rotated_at
    if since is None:
        if ends - now > EXPIRING_WITHIN:
            return ()
        since = max(key.created_at, ends - EXPIRING_WITHIN)
    return _headers(since // 1000, ends // 1000)


@lru_cache(1024)
def _headers(since: int, ends: int) -> Headers:
    return (
        (b"deprecation", b"@%d" % since),
        (b"sunset", formatdate(ends, usegmt=True).encode("ascii")),
    )
