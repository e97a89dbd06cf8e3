"""Where a request may carry its API key beside `Authorization: Bearer`, as the operator allowed.

A header of its own, such as `X-API-Key`, and the password of the Basic scheme (RFC 7617). Never a
cookie, which a browser sends for whoever sends it somewhere, and never the address. Assistants'
access tokens are bearer tokens alone.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Sequence

from store.errors import Invalid
from store.verifier.bearer import REALM, Flaw, read

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# What has a meaning here, or to whoever stands between: in one of these a key would be kept, told
# on, or believed to be something else.
_TAKEN = re.compile(
    "(?:proxy-)?authorization|cookie|host|origin|referer|from|user-agent|connection|keep-alive|te"
    "|trailer|transfer-encoding|upgrade|expect|via|forwarded|date|idempotency-key|if-(?:none-)?match"
    "|range|x-request-id|x-workspace|x-real-ip"
    "|(?:x-key|x-forwarded|x-original|x-keydeck|content|accept|access-control|sec|github-public-key)"
    "-.*|accept",
    re.IGNORECASE,
)


class KeyPlaces:
    """Reads a request's one key from wherever it may stand."""

    def __init__(self, headers: Sequence[str] = (), *, basic: bool = False) -> None:
        """`headers` are names, `basic` says whether the password of Basic may be a key.

        Raises Invalid for a name that cannot be one, or that means something else already.
        """
        self.headers = tuple({name.lower(): _checked(name) for name in headers}.values())
        self.basic = basic
        self._names = frozenset(name.lower().encode("ascii") for name in self.headers)
        self.read = self._read if self.headers or basic else read
        """What `store.verifier.bearer.read` does, in all these places."""
        self.challenges = "".join(
            (
                f', Basic realm="{REALM}"' if basic else "",
                *(f', ApiKey realm="{REALM}", header="{name}"' for name in self.headers),
            )
        ).encode("ascii")
        """What a 401 says besides Bearer's challenge, each after a comma (RFC 9110 11.6.1).

        Nobody has registered a scheme for a header that holds a key; a client passes over one that
        it does not know.
        """
        self.words = " or ".join(
            (
                "Authorization: Bearer <key>",
                *(["the key as the password of Authorization: Basic"] if basic else []),
                *(f"{name}: <key>" for name in self.headers),
            )
        )

    def any_in(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Return whether a request has a header in which a key may stand, even an empty one."""
        return any(name == b"authorization" or name in self._names for name, _ in headers)

    def _read(self, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> str | Flaw:
        found = read(headers, query)
        if found in (Flaw.SEVERAL, Flaw.IN_QUERY, Flaw.LONG_QUERY):
            return found
        if found is Flaw.OTHER_SCHEME and self.basic:
            found = _password(headers)
        given: dict[bytes, str] = {}
        for name, value in headers:
            if name in self._names:
                if name in given:
                    return Flaw.DIFFERENT
                given[name] = value.strip(b" \t").decode("latin-1")
        presented = {value for value in given.values() if value}
        if found is not Flaw.MISSING:
            if isinstance(found, Flaw):
                # Whatever it is, it is another one.
                return Flaw.DIFFERENT if presented else found
            presented.add(found)
        if len(presented) > 1:
            return Flaw.DIFFERENT
        return presented.pop() if presented else found


BEARER = KeyPlaces()
"""As it is where nothing else was allowed."""


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Invalid(
            "key_header",
            f"“{name}” is no name for a header with a key. Use letters, digits and hyphens, such "
            "as X-API-Key.",
        )
    if _TAKEN.fullmatch(name):
        raise Invalid(
            "key_header", f"{name} means something else. Choose another, such as X-API-Key."
        )
    return name


def _password(headers: Iterable[tuple[bytes, bytes]]) -> str | Flaw:
    """Return the password of a Basic header (RFC 7617 2), whatever its user is called."""
    sent = next(value for name, value in headers if name == b"authorization")
    scheme, _, encoded = sent.strip(b" \t").partition(b" ")
    if scheme.lower() != b"basic":
        return Flaw.OTHER_SCHEME
    try:
        decoded = b64decode(encoded.strip(b" "), validate=True)
    except binascii.Error:
        return Flaw.NO_BASIC
    _user, colon, password = decoded.partition(b":")
    return password.decode("latin-1") if colon else Flaw.NO_BASIC
