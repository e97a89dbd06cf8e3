"""Keys that somebody else made, brought along: what is known of them, and how it is kept. Pure.

What another system kept of a key is a digest that anybody who has it can check guesses against. It
is not kept here: what is kept is a MAC of it, by a pepper (`store.credentials.peppers`). A value
that is presented is hashed as the other system did, and looked up by the MAC of that.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from store.domain.key_string import Secret
from store.errors import Invalid

SHORTEST, LONGEST = 16, 512
"""Characters of a value that is looked up. A shorter one can be guessed."""


class Scheme(StrEnum):
    """What stands in an import for a key."""

    PLAIN = "plain"
    SHA256_HEX = "sha256-hex"
    SHA256_BASE64 = "sha256-base64"
    SHA512 = "sha512"
    HMAC_SHA256 = "hmac-sha256"
    ARGON2 = "argon2"
    BCRYPT = "bcrypt"
    KEYSHIELD_ARGON2 = "keyshield-argon2"
    KEYSHIELD_BCRYPT = "keyshield-bcrypt"


class Hash(StrEnum):
    """How a value is hashed before its MAC is made. Never renamed: it is part of what is kept."""

    NONE = "none"
    SHA256 = "sha256"
    SHA512 = "sha512"
    HMAC_SHA256 = "hmac-sha256"
    PUBLIC = "public"
    """Not hashed: its first characters, which are no secret. What it is proven by is a guard."""
    ARGON2 = "argon2"
    BCRYPT = "bcrypt"
    KEYSHIELD_ARGON2 = "keyshield-argon2"
    """What follows the public part, and behind that the old pepper."""
    KEYSHIELD_BCRYPT = "keyshield-bcrypt"
    """HMAC-SHA-256 of what follows the public part, by the old pepper."""


SLOW = frozenset({Hash.ARGON2, Hash.BCRYPT, Hash.KEYSHIELD_ARGON2, Hash.KEYSHIELD_BCRYPT})
"""Those of passwords: salted, so that nothing can be looked up by what they make of a value."""
KEYED = frozenset({Hash.HMAC_SHA256, Hash.KEYSHIELD_ARGON2, Hash.KEYSHIELD_BCRYPT})
"""Those that take an old pepper."""


class Hashing(NamedTuple):
    """How a value is hashed, and what there is to be known for that."""

    hash: Hash
    detail: str = ""
    """The name of the old pepper where it takes one, see `store.credentials.peppers`; of `PUBLIC`
    the number of characters."""

    def __str__(self) -> str:
        """Return it as it is kept. Never changed."""
        return f"{self.hash}:{self.detail}" if self.detail else self.hash.value

    @classmethod
    def of(cls, kept: str) -> Self:
        """Return what was kept as such a text."""
        hashed, _, detail = kept.partition(":")
        return cls(Hash(hashed), detail)


HASHES: Mapping[Hash, Callable[[bytes], bytes]] = {
    Hash.NONE: lambda value: value,
    Hash.SHA256: lambda value: hashlib.sha256(value).digest(),
    Hash.SHA512: lambda value: hashlib.sha512(value).digest(),
}
_OF_SCHEME = {
    Scheme.PLAIN: Hash.NONE,
    Scheme.SHA256_HEX: Hash.SHA256,
    Scheme.SHA256_BASE64: Hash.SHA256,
    Scheme.SHA512: Hash.SHA512,
    Scheme.HMAC_SHA256: Hash.HMAC_SHA256,
}
_SLOW_SCHEMES = {Scheme(hashed.value): hashed for hashed in SLOW}
SHORTEST_PUBLIC, LONGEST_PUBLIC = 4, 64
_LENGTHS = {Hash.SHA256: 32, Hash.SHA512: 64, Hash.HMAC_SHA256: 32}


class Shape(NamedTuple):
    """What values that were brought along look like, and how those are hashed."""

    hashing: Hashing
    pepper: str
    prefix: str
    shortest: int
    longest: int

    def fits(self, presented: str) -> bool:
        """Return whether a value that was presented may be one of them."""
        return self.shortest <= len(presented) <= self.longest and presented.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file tells of a key's value."""

    hash: Hash
    hashed: bytes
    """The value itself where it is not hashed, the whole text where it is a password's hash."""
    public: str = ""
    """What the value begins with and no other, where that is what it is looked up by."""

    def hashing(self, old_pepper: str) -> Hashing:
        """Return how it was hashed, where a file's old pepper is of that name."""
        return Hashing(self.hash, old_pepper if self.hash in KEYED else "")

    def looked_up(self, old_pepper: str) -> Hashing:
        """Return how what is presented is hashed to be looked up."""
        if self.hash in SLOW:
            return Hashing(Hash.PUBLIC, str(len(self.public)))
        return self.hashing(old_pepper)

    def __repr__(self) -> str:
        return f"Known({self.hash})"


def known(scheme: str, told: Secret, public: str = "") -> Known:
    """Return what is known of a value by its digest, or by itself where the scheme is `plain`.

    A digest may be base64 or base64url, padded or not, and that of djangorestframework-api-key
    begins with `sha512$$`; one by HMAC may be in hexadecimal digits or base64. A password's hash
    needs what is `public` of the value, and is looked at in `store.credentials.slow_hashes`. Raises
    Invalid, which never repeats it.
    """
    try:
        found = Scheme(scheme)
    except ValueError:
        raise Invalid("scheme", _unknown(scheme)) from None
    text = told.reveal().strip()
    if found in _SLOW_SCHEMES:
        return Known(_SLOW_SCHEMES[found], text.encode(), _public(public))
    of = _OF_SCHEME[found]
    if found is Scheme.PLAIN:
        if not SHORTEST <= len(text) <= LONGEST or not (text.isascii() and text.isprintable()):
            raise Invalid(
                "digest",
                f"A plain value has {SHORTEST} to {LONGEST} characters of ASCII; one that is "
                "shorter can be guessed. Give its owner a new key.",
            )
        return Known(of, text.encode())
    try:
        if found is Scheme.SHA256_BASE64 or (found is Scheme.HMAC_SHA256 and len(text) < 64):
            plain = text.rstrip("=").replace("-", "+").replace("_", "/")
            hashed = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        else:
            hashed = bytes.fromhex(text.removeprefix("sha512$$"))
    except (binascii.Error, ValueError):
        hashed = b""
    if len(hashed) != _LENGTHS[of]:
        raise Invalid("digest", f"This is no digest of {found}.")
    return Known(of, hashed)


def _public(given: str) -> str:
    if not given:
        raise Invalid(
            "public",
            "A password's hash cannot be looked up by what is presented: say in the column public "
            "what the value begins with and no other does, or give the owner a new key.",
        )
    if not SHORTEST_PUBLIC <= len(given) <= LONGEST_PUBLIC or not (
        given.isascii() and given.isprintable() and " " not in given
    ):
        raise Invalid(
            "public",
            f"What is public of a value has {SHORTEST_PUBLIC} to {LONGEST_PUBLIC} characters of "
            "ASCII.",
        )
    return given


def _unknown(scheme: str) -> str:
    return f"There is no scheme of that name. Known are: {', '.join(Scheme)}."
