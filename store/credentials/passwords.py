"""Passwords: what people choose, guarded by Argon2id at argon2-cffi's defaults (RFC 9106).

An e-mail nobody has costs the same time as a wrong password: it is verified against a hash that
nothing matches.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import (
    HashingError,
    InvalidHashError,
    VerificationError,
)
from argon2.low_level import error_to_str, hash_secret

from store.domain.key_string import ALPHABET, Secret
from store.errors import Invalid, PasswordNotChecked

MIN_LENGTH = 8
MAX_LENGTH = 1024
CODE_LENGTH = 20  # × log2(62) = 119 bits

_HASHER = PasswordHasher()
_BROKEN = re.compile("[\ud800-\udfff]")


_NO_MEMORY, _NO_THREADS = -22, -33
"""ARGON2_MEMORY_ALLOCATION_ERROR and ARGON2_THREAD_FAIL of argon2.h."""
_LACKING = {error_to_str(code) for code in (_NO_MEMORY, _NO_THREADS)}


def checked(password: Secret) -> Secret:
    """Return the password. Raises Invalid when it has fewer than 8 or more than 1024 characters.

    Length is the only rule, as NIST SP 800-63B 5.1.1 asks; but text it has to be.
    """
    if not is_text(password):
        raise Invalid("password", "The password holds bytes that are no text. Type it anew.")
    length = len(password.reveal())
    if length < MIN_LENGTH:
        raise Invalid(
            "password", f"The password has {length} characters; {MIN_LENGTH} is the least."
        )
    if length > MAX_LENGTH:
        raise Invalid("password", f"The password is longer than {MAX_LENGTH} characters.")
    return password


def is_text(password: Secret) -> bool:
    """Return whether a password is text: stray bytes of an environment or a terminal are not."""
    return not _BROKEN.search(password.reveal())


def hashed(password: Secret, like: str | None = None) -> str:
    """Return the Argon2id hash of a password, salt and parameters included. Takes about 50 ms.

    With the salt of another hash, that of the same e-mail's, both cost `matching` the time of one.
    """
    with working():
        return _HASHER.hash(password.reveal(), salt=_salt(like) if like else None)


def matches(password: Secret, wanted: str | None) -> bool:
    """Return whether the password has this hash; for None, take as long and return False.

    Raises PasswordNotChecked where nobody can tell.
    """
    text = is_text(password)
    try:
        with working():
            found = _HASHER.verify(wanted or _unmatchable(), password.reveal() if text else "")
        return found and text and wanted is not None
    except (VerificationError, InvalidHashError):
        return False


def matching(password: Secret, stored: Sequence[str]) -> int | None:
    """Return the place of the first hash that is the password's, None where none is.

    Those that share a salt take as long as one, and none at all takes as long.
    Raises PasswordNotChecked where nobody can tell.
    """
    if not stored or not is_text(password):
        matches(password, stored[0] if stored else None)
        return None
    made: dict[str, str] = {}
    found: int | None = None
    for place, wanted in enumerate(stored):
        head, _, digest = wanted.rpartition("$")
        if head not in made:
            made[head] = _digest(password, wanted)
        if hmac.compare_digest(made[head], digest) and found is None:
            found = place
    return found


@contextmanager
def working() -> Iterator[None]:
    """Raise PasswordNotChecked where Argon2 could not do its work: that is no wrong password."""
    try:
        yield
    except (MemoryError, VerificationError, HashingError) as error:
        if isinstance(error, VerificationError) and str(error) not in _LACKING:
            raise
        raise PasswordNotChecked(str(error) or error_to_str(_NO_MEMORY)) from None


def outdated(stored: str) -> bool:
    """Return whether a hash was made with older parameters and should be made again."""
    return _HASHER.check_needs_rehash(stored)


def enrolment_code() -> Secret:
    """Return a new one-time code, in four groups of five for reading aloud."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return Secret("-".join(code[at : at + 5] for at in range(0, CODE_LENGTH, 5)))


def _salt(stored: str) -> bytes:
    salt = stored.split("$")[-2]
    return base64.b64decode(salt + "=" * (-len(salt) % 4))


def _digest(password: Secret, stored: str) -> str:
    """Return what stands behind the last `$` of the password's hash, made as another was made."""
    how = extract_parameters(stored)
    with working():
        made = hash_secret(
            password.reveal().encode(),
            _salt(stored),
            time_cost=how.time_cost,
            memory_cost=how.memory_cost,
            parallelism=how.parallelism,
            hash_len=how.hash_len,
            type=how.type,
            version=how.version,
        )
    return made.decode("ascii").rpartition("$")[2]


@cache
def _unmatchable() -> str:
    return _HASHER.hash(secrets.token_hex(32))
