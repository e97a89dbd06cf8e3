"""What is known of another system's key: its digest, in whichever way that is written."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.foreign import (
    HASHES,
    LONGEST,
    SHORTEST,
    SLOW,
    Hash,
    Hashing,
    Scheme,
    Shape,
    known,
)
from store.domain.key_string import Secret
from store.errors import Invalid


@given(st.binary(max_size=40))
def test_a_digest_is_the_same_however_it_is_written(value: bytes) -> None:
    sha256, sha512 = hashlib.sha256(value).digest(), hashlib.sha512(value).hexdigest()
    padded = base64.b64encode(sha256).decode()
    url = base64.urlsafe_b64encode(sha256).decode()
    for scheme, told in (
        (Scheme.SHA256_HEX, sha256.hex()),
        (Scheme.SHA256_HEX, f" {sha256.hex().upper()}\n"),
        (Scheme.SHA256_BASE64, padded),
        (Scheme.SHA256_BASE64, padded.rstrip("=")),
        (Scheme.SHA256_BASE64, url),
        (Scheme.SHA256_BASE64, url.rstrip("=")),
    ):
        assert known(scheme, Secret(told)).hashed == HASHES[Hash.SHA256](value)
    keyed = hmac.digest(b"old", value, "sha256")
    for told in (keyed.hex(), base64.b64encode(keyed).decode()):
        assert known(Scheme.HMAC_SHA256, Secret(told)).hashed == keyed
    for told in (sha512, f"sha512$${sha512}"):
        assert known(Scheme.SHA512, Secret(told)).hashed == HASHES[Hash.SHA512](value)


@given(st.sampled_from(Scheme), st.text(max_size=100))
def test_what_is_no_digest_is_refused_and_not_repeated(scheme: Scheme, told: str) -> None:
    try:
        found, said = known(scheme, Secret(told)), ""
    except Invalid as refused:
        found, said = None, str(refused)
    assert len(told) < 4 or told not in said
    assert found is None or len(found.hashed) in (32, 64) or scheme is Scheme.PLAIN


@pytest.mark.parametrize("value", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1), "é" * 20])
def test_a_value_that_can_be_guessed_is_not_brought_along(value: str) -> None:
    with pytest.raises(Invalid, match="16 to 512"):
        known("plain", Secret(value))


@pytest.mark.parametrize("scheme", sorted(SLOW))
def test_a_passwords_hash_is_known_by_what_is_public_of_its_value(scheme: str) -> None:
    found = known(scheme, Secret("$whatever"), "acme_1-")
    assert (found.hash, found.public) == (scheme, "acme_1-")
    assert found.looked_up("old") == Hashing(Hash.PUBLIC, "7")
    for public in ("", "abc", "x" * 65, "acme 1-", "acmé_1-"):
        with pytest.raises(Invalid, match="public"):
            known(scheme, Secret("$whatever"), public)


def test_a_scheme_that_is_none_is_told_those_that_are() -> None:
    with pytest.raises(Invalid, match="plain, sha256-hex, sha256-base64, sha512"):
        known("md5", Secret("x" * 32))


@pytest.mark.parametrize(
    "hashing", [*map(Hashing, HASHES), Hashing(Hash.HMAC_SHA256, "0123456789abcdef")]
)
def test_how_a_value_is_hashed_reads_back_as_it_is_kept(hashing: Hashing) -> None:
    assert Hashing.of(str(hashing)) == hashing


def test_a_shape_is_a_beginning_and_two_lengths() -> None:
    shape = Shape(Hashing(Hash.SHA256), "p", "sk_", 16, 20)
    fitting = [text for text in ("sk_" + "x" * number for number in range(25)) if shape.fits(text)]
    assert [len(text) for text in fitting] == [16, 17, 18, 19, 20]
    assert not shape.fits("pk_" + "x" * 15)
