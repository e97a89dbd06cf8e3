"""Passwords: Argon2id, one rule, and the same work for somebody who is not there."""

import re
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import HashingError, VerificationError
from argon2.low_level import Type

from store.credentials import passwords
from store.domain.key_string import Secret
from store.errors import Invalid, PasswordNotChecked

pytestmark = pytest.mark.usefixtures("strong")

PASSWORD = Secret("correct horse battery")


def test_a_password_is_kept_as_argon2id_at_rfc_9106s_parameters() -> None:
    stored = passwords.hashed(PASSWORD)
    found = extract_parameters(stored)
    assert found.type is Type.ID
    assert found.memory_cost >= 64 * 1024
    assert found.time_cost >= 3
    assert "horse" not in stored
    assert stored != passwords.hashed(PASSWORD), "each has a salt of its own"


def test_the_right_one_matches_and_no_other_does() -> None:
    stored = passwords.hashed(PASSWORD)
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches(Secret("correct horse batterx"), stored)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_no_hash_and_a_broken_hash_match_nothing(stored: str | None) -> None:
    assert passwords.matches(PASSWORD, stored) is False


def test_somebody_unknown_costs_one_verification_like_everybody() -> None:
    stored = passwords.hashed(PASSWORD)
    passwords.matches(PASSWORD, None)
    for wanted in (stored, None):
        with patch.object(
            PasswordHasher, "verify", autospec=True, side_effect=PasswordHasher.verify
        ) as verify:
            passwords.matches(Secret("wrong password"), wanted)
        assert verify.call_count == 1
        assert extract_parameters(verify.call_args.args[1]) == extract_parameters(stored)


def test_a_hash_of_weaker_parameters_is_made_again() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse battery")
    assert passwords.outdated(weak)
    assert not passwords.outdated(passwords.hashed(PASSWORD))


@pytest.mark.parametrize(
    "lacking",
    [
        MemoryError(),
        HashingError("Memory allocation error"),
        VerificationError("Threading failure"),
    ],
)
def test_what_argon2_could_not_do_is_no_wrong_password(lacking: Exception) -> None:
    stored = passwords.hashed(PASSWORD)
    with patch.object(PasswordHasher, "verify", side_effect=lacking):
        for wanted in (stored, None):
            with pytest.raises(PasswordNotChecked, match="64 MiB"):
                passwords.matches(PASSWORD, wanted)
    with (
        patch.object(PasswordHasher, "hash", side_effect=lacking),
        pytest.raises(PasswordNotChecked),
    ):
        passwords.hashed(PASSWORD)


def test_bytes_that_are_no_text_are_no_password() -> None:
    broken = Secret("correct horse \udcff")
    assert not passwords.matches(broken, passwords.hashed(PASSWORD))
    assert not passwords.matches(broken, passwords.hashed(Secret("")))
    with pytest.raises(Invalid, match="no text"):
        passwords.checked(broken)


@pytest.mark.parametrize(("length", "why"), [(0, "8 is the least"), (7, "7"), (1025, "longer")])
def test_length_is_the_only_rule(length: int, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        passwords.checked(Secret("x" * length))
    assert passwords.checked(Secret("x" * 8)) == Secret("x" * 8)
    assert passwords.checked(Secret("x" * 1024)) == Secret("x" * 1024)


def test_an_enrolment_code_can_be_read_aloud_and_is_never_the_same() -> None:
    codes = [passwords.enrolment_code().reveal() for _ in range(100)]
    assert all(re.fullmatch(r"[0-9A-Za-z]{5}(-[0-9A-Za-z]{5}){3}", code) for code in codes)
    assert len(set(codes)) == 100
