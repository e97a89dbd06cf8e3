"""Passwords' hashes by which another system kept keys: proven, bounded, and not kept."""

import hmac
import subprocess
import sys

import bcrypt
import pytest
from argon2 import PasswordHasher, Type

from store.credentials.peppers import Peppers
from store.credentials.slow_hashes import MOST_KIB, MOST_ROUNDS, Guard, guard
from store.domain.foreign import Hash, Hashing
from store.errors import Invalid

OLD = b"what another system added"
PEPPERS = Peppers([bytes(32), b"newest  " * 4], [OLD])
NAME = PEPPERS.old[0]
PUBLIC, SECRET = "acme_12345-", "4eC39HqLyjWDarjtT1zdp7dc"


def argon2(secret: bytes, kind: Type = Type.ID) -> str:
    """Return what argon2-cffi makes of a secret."""
    return PasswordHasher(1, 8, 1, type=kind).hash(secret)


def of_bcrypt(secret: bytes, prefix: bytes = b"2b") -> str:
    """Return what bcrypt makes of a secret."""
    return bcrypt.hashpw(secret, bcrypt.gensalt(4, prefix)).decode()


VALUE = PUBLIC + SECRET
TOLD = [
    *((Hashing(Hash.ARGON2), argon2(VALUE.encode(), kind)) for kind in Type),
    (Hashing(Hash.BCRYPT), of_bcrypt(VALUE.encode())),
    (Hashing(Hash.BCRYPT), of_bcrypt(VALUE.encode(), b"2a")),
    (Hashing(Hash.BCRYPT), of_bcrypt(VALUE.encode()).replace("$2b$", "$2y$")),
    (Hashing(Hash.KEYSHIELD_ARGON2, NAME), argon2(SECRET.encode() + OLD)),
    (
        Hashing(Hash.KEYSHIELD_BCRYPT, NAME),
        of_bcrypt(hmac.digest(OLD, SECRET.encode(), "sha256")),
    ),
]


@pytest.mark.parametrize(("hashing", "told"), TOLD, ids=range(len(TOLD)))
def test_a_value_is_proven_by_what_is_kept_and_nothing_else_is(hashing: Hashing, told: str) -> None:
    kept = str(guard(PEPPERS, hashing, told))
    assert told.rpartition("$")[2] not in kept
    assert told[-31:] not in kept
    again = Guard.of(kept)
    assert str(again) == kept
    again.check_peppers(PEPPERS)
    assert again.admits(PEPPERS, VALUE, len(PUBLIC))
    for other in (VALUE[:-1], VALUE + "x", VALUE.upper(), told, kept, PUBLIC, "x" * 100):
        assert not again.admits(PEPPERS, other, len(PUBLIC)), other
    with pytest.raises(KeyError):
        again.check_peppers(Peppers([bytes(32)]))


def test_what_bcrypt_would_not_read_of_a_value_proves_nothing() -> None:
    long = "x" * 72
    kept = guard(PEPPERS, Hashing(Hash.BCRYPT), of_bcrypt(long.encode()))
    assert kept.admits(PEPPERS, long, 4)
    assert not kept.admits(PEPPERS, long + "y", 4)


SALT = "$c29tZXNhbHQxMjM0NTY$" + "A" * 43


@pytest.mark.parametrize(
    ("hashed", "told"),
    [
        (Hash.ARGON2, "$argon2id$v=19$m=65536,t=3,p=4" + SALT[:20]),
        (Hash.ARGON2, f"$argon2id$v=19$m={MOST_KIB + 1},t=1,p=1{SALT}"),
        (Hash.ARGON2, f"$argon2id$v=19$m={MOST_KIB},t=5,p=1{SALT}"),
        (Hash.ARGON2, f"$argon2id$v=19$m=8,t=1000000,p=1{SALT}"),
        (Hash.ARGON2, f"$argon2id$v=19$m=8,t=0,p=1{SALT}"),
        (Hash.ARGON2, f"$argon2id$v=19$m=8,t=1,p=99{SALT}"),
        (Hash.ARGON2, f"$argon2id$v=18$m=8,t=1,p=1{SALT}"),
        (Hash.ARGON2, TOLD[3][1]),
        (Hash.BCRYPT, TOLD[0][1]),
        (Hash.BCRYPT, TOLD[3][1].replace("$04$", f"${MOST_ROUNDS + 1}$")),
        (Hash.BCRYPT, TOLD[3][1].replace("$04$", "$03$")),
        (Hash.BCRYPT, TOLD[3][1] + "x"),
        (Hash.BCRYPT, ""),
    ],
    # Salts are drawn.
    ids=range(13),
)
def test_what_is_none_or_takes_too_much_is_refused_and_not_repeated(
    hashed: Hash, told: str
) -> None:
    with pytest.raises(Invalid) as refused:
        guard(PEPPERS, Hashing(hashed), told)
    assert "AAAA" not in str(refused.value)


def test_without_the_library_of_bcrypt_one_sentence_says_what_to_install() -> None:
    script = f"""
import sys
sys.modules["bcrypt"] = None
from store.credentials.peppers import Peppers
from store.credentials.slow_hashes import guard
from store.domain.foreign import Hash, Hashing
from store.errors import LibraryMissing
try:
    guard(Peppers([bytes(32)]), Hashing(Hash.BCRYPT), {TOLD[3][1]!r})
except LibraryMissing as missing:
    print(missing)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.count("\n") == 1
    assert "pip install 'keydeck[bcrypt]'" in ran.stdout
