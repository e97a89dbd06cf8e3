"""RFC 6750: reading the key from a request, writing the challenge of a refusal."""

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from store.domain.key_string import CHECKSUM_LENGTH, ID_LENGTH, SECRET_LENGTH, SHORTEST_KEY

REALM = "keydeck"
MAX_QUERY = 8 * 1024
"""Bytes of a query string. To look for a key in one takes time, and anybody may send them."""


class Flaw(Enum):
    """Why no key could be read from a request."""

    MISSING = "no Authorization header"
    OTHER_SCHEME = "a scheme other than Bearer"
    SEVERAL = "more than one Authorization header"
    DIFFERENT = "two credentials, in places of which each may hold one"
    NO_BASIC = "a Basic header without a user and a password"
    IN_QUERY = "a key in the query string"
    LONG_QUERY = "a query string too long to be looked at"


# A key in an address is written to logs and histories all along the way, so it is refused wherever
# it stands, whatever its parameter is called, and so are the parameters that ask for one.
def key_shaped(prefix: str) -> bytes:
    """Return the expression of what may be a key; whether it is one its checksum tells."""
    shape = rf"{prefix}_[0-9A-Za-z]{{{ID_LENGTH}}}_[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}"
    return shape.encode("ascii")


KEY_SHAPED = re.compile(key_shaped("[a-z]{2,8}"), re.IGNORECASE)
_KEY_IN_QUERY = re.compile(
    rb"(?:^|[&;])(?:access_token|api[_-]?key)(?:[=&;]|$)|" + KEY_SHAPED.pattern, re.IGNORECASE
)
# RFC 6750 3: what may stand between the quotes of an error_description.
_NOT_QUOTABLE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


def read(headers: Iterable[tuple[bytes, bytes]], query: bytes) -> str | Flaw:
    """Return the credential of a request's Bearer header, whatever it is worth, or the flaw.

    `headers` have lower-case names, as ASGI gives them. The scheme's case does not matter (RFC
    9110 11.1); a credential may be empty.
    """
    found = None
    for name, value in headers:
        if name == b"authorization":
            if found is not None:
                return Flaw.SEVERAL
            found = value
    if len(query) > MAX_QUERY:
        return Flaw.LONG_QUERY
    if query and holds_key(query):
        return Flaw.IN_QUERY
    if found is None:
        return Flaw.MISSING
    scheme, _, credential = found.strip(b" \t").partition(b" ")
    if scheme.lower() != b"bearer":
        return Flaw.OTHER_SCHEME if scheme else Flaw.MISSING
    # Latin-1 decodes any byte; what is not ASCII fails the key's shape.
    return credential.lstrip(b" ").decode("latin-1")


def holds_key(query: bytes) -> bool:
    """Return whether a query string, of `MAX_QUERY` bytes at the most, has or asks for a key."""
    return (_short_asks if len(query) < SHORTEST_KEY else _asks)(query)


def _asks(query: bytes) -> bool:
    return _KEY_IN_QUERY.search(unquote_to_bytes(query)) is not None


_short_asks = lru_cache(256)(_asks)


@lru_cache(256)
def challenge(
    error: str | None = None, *, description: str | None = None, scope: str | None = None
) -> bytes:
    """Return a WWW-Authenticate value (RFC 6750 3).

    Without `error` it names the realm alone, as 3.1 asks where no Bearer key was presented.
    """
    header = f'Bearer realm="{REALM}"'
    for attribute, value in (("error", error), ("error_description", description)):
        if value is not None:
            header += f', {attribute}="{_NOT_QUOTABLE.sub(" ", value)}"'
    if scope is not None:
        header += f', scope="{_NOT_QUOTABLE.sub(" ", scope)}"'
    return header.encode("ascii")
