"""Passwords: what people choose, guarded by Argon2id at argon2-cffi's defaults (RFC 9106).

An e-mail nobody has costs the same time as a wrong password: it is verified against a hash that
nothing matches.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import Invalid
from store.secrets import ALPHABET, Secret

MIN_LENGTH = 8
MAX_LENGTH = 1024
CODE_LENGTH = 20  # × log2(62) = 119 bits

_HASHER = PasswordHasher()


def checked(password: Secret) -> Secret:
    """Return the password. Raises Invalid when it has fewer than 8 or more than 1024 characters.

    Length is the only rule, as NIST SP 800-63B 5.1.1 asks.
    """
    length = len(password.reveal())
    if length < MIN_LENGTH:
        raise Invalid(
            "password", f"The password has {length} characters; {MIN_LENGTH} is the least."
        )
    if length > MAX_LENGTH:
        raise Invalid("password", f"The password is longer than {MAX_LENGTH} characters.")
    return password


def hashed(password: Secret) -> str:
    """Return the Argon2id hash of a password, salt and parameters included. Takes about 50 ms."""
    return _HASHER.hash(password.reveal())


def matches(password: Secret, wanted: str | None) -> bool:
    """Return whether the password has this hash; for None, take as long and return False."""
    try:
        return _HASHER.verify(wanted or _unmatchable(), password.reveal()) and wanted is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Return whether a hash was made with older parameters and should be made again."""
    return _HASHER.check_needs_rehash(stored)


def enrolment_code() -> Secret:
    """Return a new one-time code, in four groups of five for reading aloud."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return Secret("-".join(code[at : at + 5] for at in range(0, CODE_LENGTH, 5)))


@cache
def _unmatchable() -> str:
    return _HASHER.hash(secrets.token_hex(32))
