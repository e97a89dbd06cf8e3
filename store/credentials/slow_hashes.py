"""Hashes of passwords by which another system kept its keys: Argon2 (RFC 9106) and bcrypt.

They are salted and take long. So a value is looked up by its public beginning, and compared once:
from then on by a digest of ours. Of the hash itself only a MAC is kept, beside its salt and what it
costs: see `Guard`.
"""

import base64
import re
from dataclasses import dataclass
from hmac import compare_digest
from typing import Self

from argon2 import Type
from argon2.exceptions import HashingError
from argon2.low_level import hash_secret_raw

from store.credentials.peppers import Peppers
from store.domain.foreign import Hash, Hashing
from store.errors import Invalid, LibraryMissing

MOST_KIB, MOST_PASSES, MOST_LANES, MOST_WORK = 256 * 1024, 16, 16, 1024 * 1024
"""Of Argon2: memory, passes over it, lanes, and memory times passes: a second or less."""
MOST_ROUNDS = 13
"""Of bcrypt, as a power of two: half a second."""
_MOST_BYTES = 72
"""What bcrypt reads of a value. Older libraries passed over the rest without a word."""
_ARGON2 = re.compile(
    r"\$argon2(id|i|d)\$(?:v=(16|19)\$)?m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})"
    r"\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,172})"
)
_TYPES = {"id": Type.ID, "i": Type.I, "d": Type.D}
_BCRYPT = re.compile(r"(\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})")
_PURPOSE = "guard"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is kept of a password's hash: how to make it of a value, and a MAC of what comes out."""

    hashing: Hashing
    recipe: str
    """All of it but the hash itself."""
    length: int
    """Bytes of Argon2's hash."""
    pepper: str
    mac: str

    def __str__(self) -> str:
        """Return it as it is kept. Never changed."""
        return f"{self.hashing} {self.recipe} {self.length} {self.pepper} {self.mac}"

    @classmethod
    def of(cls, kept: str) -> Self:
        """Return what was kept as such a text."""
        hashing, recipe, length, pepper, mac = kept.split(" ")
        return cls(Hashing.of(hashing), recipe, int(length), pepper, mac)

    def admits(self, peppers: Peppers, value: str, public: int) -> bool:
        """Return whether a value, of which so many characters are public, is the one. Takes long.

        Raises KeyError for a pepper that is not there, LibraryMissing, and HashingError where there
        is no memory for it.
        """
        made = self._made(peppers, value, public)
        return made is not None and compare_digest(
            peppers.foreign(_PURPOSE, made, self.pepper), self.mac
        )

    def check_peppers(self, peppers: Peppers) -> None:
        """Raise KeyError for a pepper that is needed and is not there."""
        if self.pepper not in peppers:
            raise KeyError(self.pepper)
        if self.hashing.detail:
            peppers.old_pepper(self.hashing.detail)

    def _made(self, peppers: Peppers, value: str, public: int) -> bytes | None:
        secret = value.encode()
        match self.hashing.hash:
            case Hash.KEYSHIELD_ARGON2:
                secret = secret[public:] + peppers.old_pepper(self.hashing.detail)
            case Hash.KEYSHIELD_BCRYPT:
                hmac = Hashing(Hash.HMAC_SHA256, self.hashing.detail)
                secret = peppers.hashed(hmac, secret[public:])
        if self.recipe.startswith("$2"):
            return _bcrypt(secret, self.recipe)
        how = _ARGON2.fullmatch(f"{self.recipe}${_ANY_HASH}")
        if how is None:
            raise HashingError("what is kept of a hash is damaged")
        kind, version, memory, passes, lanes, salt, _ = how.groups()
        return hash_secret_raw(
            secret,
            _decoded(salt),
            time_cost=int(passes),
            memory_cost=int(memory),
            parallelism=int(lanes),
            hash_len=self.length,
            type=_TYPES[kind],
            version=int(version or 16),
        )


_ANY_HASH = "A" * 16


def guard(peppers: Peppers, hashing: Hashing, told: str) -> Guard:
    """Return what is kept of a password's hash.

    Raises Invalid for one that is none, or that takes more than `MOST_WORK` or `MOST_ROUNDS`:
    whoever presents anything that begins as the value does would make this machine do it; and
    LibraryMissing where bcrypt is not installed.
    """
    if hashing.hash in (Hash.BCRYPT, Hash.KEYSHIELD_BCRYPT):
        _check_bcrypt()
        parts = _BCRYPT.fullmatch(told)
        if parts is None:
            raise Invalid("digest", "This is no hash of bcrypt: $2b$, its cost, salt and hash.")
        if not 4 <= int(parts[2]) <= MOST_ROUNDS:
            raise Invalid("digest", f"Its cost is {parts[2]}; {MOST_ROUNDS} is the most. {_NEW}")
        recipe, made, length = parts[1], parts[3].encode("ascii"), 0
    else:
        found = _ARGON2.fullmatch(told)
        if found is None:
            raise Invalid("digest", "This is no hash of Argon2: $argon2id$, costs, salt and hash.")
        memory, passes, lanes = (int(number) for number in found.group(3, 4, 5))
        if (
            not 0 < passes <= MOST_PASSES
            or not 0 < lanes <= MOST_LANES
            or not 8 * lanes <= memory <= MOST_KIB
            or memory * passes > MOST_WORK
        ):
            raise Invalid(
                "digest",
                f"It takes {memory:,} KiB {passes:,} times in {lanes:,} lanes, more than is done "
                f"for whoever knows what is public of a value. {_NEW}",
            )
        recipe, made = told.rpartition("$")[0], _decoded(found[7])
        length = len(made)
    newest = peppers.newest
    return Guard(hashing, recipe, length, newest, peppers.foreign(_PURPOSE, made, newest))


_NEW = "Give its owner a new key."


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _check_bcrypt() -> None:
    try:
        import bcrypt  # noqa: F401
    except ImportError:
        raise LibraryMissing("bcrypt") from None


def _bcrypt(secret: bytes, recipe: str) -> bytes | None:
    _check_bcrypt()
    import bcrypt

    if len(secret) > _MOST_BYTES:
        return None
    return bcrypt.hashpw(secret, recipe.encode("ascii"))[len(recipe) :]
