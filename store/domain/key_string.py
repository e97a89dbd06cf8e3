"""The key string: `jw_` + 12 characters id + `_` + 43 characters secret + 6 characters checksum.

Base62 throughout. The checksum is the CRC-32 of everything before it: it catches typing errors
and lets scanners prove a match offline. It is no security.
"""

import hmac
import secrets
import zlib
from typing import NamedTuple, NoReturn

from store.errors import MalformedKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 12
SECRET_LENGTH = 43  # 43 × log2(62) = 256 bits
CHECKSUM_LENGTH = 6
SHOWN_ID_LENGTH = 5
SHORTEST_KEY = 2 + 1 + ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH
"""Characters of a key whose prefix has two. What is shorter holds none and may be remembered."""

# Two digits at a time: every request is checked.
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


class Secret:
    """A string that must not be seen: its repr is redacted and it cannot be pickled.

    Whoever needs the value says so with `reveal()`, which is easy to search for.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash of a secret is one more copy of it

    def __repr__(self) -> str:
        return "Secret('****')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")


class Minted(NamedTuple):
    """A new key: its public id and, once only, the full key string."""

    id: str
    key: Secret


def mint(prefix: str, key_id: str | None = None) -> Minted:
    """Make a key string from the system's randomness.

    With `key_id` the secret alone is new: that is how an unconfirmed key is minted anew in place.
    """
    key_id = key_id or random_base62(ID_LENGTH)
    body = f"{prefix}_{key_id}_{random_base62(SECRET_LENGTH)}"
    return Minted(key_id, Secret(body + checksum(body)))


def random_base62(length: int) -> str:
    """Return that many base62 characters from `secrets`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def checksum(body: str) -> str:
    """Return the CRC-32 of `body` as six base62 characters, left-padded with `0`."""
    rest, last = divmod(zlib.crc32(body.encode()), len(PAIRS))
    first, middle = divmod(rest, len(PAIRS))
    return PAIRS[first] + PAIRS[middle] + PAIRS[last]


def parse(text: str, prefix: str) -> str:
    """Return the id inside a full key string, without any look-up.

    Raises MalformedKey when shape or checksum is wrong; its reason never repeats the text.
    """
    start = len(prefix) + 1
    if text[:start] != prefix + "_":
        raise MalformedKey(f"a key begins with {prefix}_")
    if len(text) != start + ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH:
        raise MalformedKey("it has the wrong length")
    id_end = start + ID_LENGTH
    key_id = text[start:id_end]
    rest = text[id_end + 1 :]
    if text[id_end] != "_" or not (text.isascii() and key_id.isalnum() and rest.isalnum()):
        raise MalformedKey("it holds a character that no key has")
    if text[-CHECKSUM_LENGTH:] != checksum(text[:-CHECKSUM_LENGTH]):
        raise MalformedKey(
            "its checksum does not match: a character is wrong or missing", "checksum"
        )
    return key_id


def shown(prefix: str, key_id: str) -> str:
    """Return the short form in which people see an id: `jw_4fQ2x…`."""
    return f"{prefix}_{key_id[:SHOWN_ID_LENGTH]}…"
