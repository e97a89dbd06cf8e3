"""Peppers: a file of one's own, a digest that needs it, and a clear word when it is not right."""

import hashlib
import hmac
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.credentials import peppers
from store.credentials.peppers import LONGEST_OLD, MOST_OLD, PEPPER_BYTES, Peppers
from store.domain.foreign import Hash, Hashing
from store.domain.key_string import Secret
from store.errors import Invalid, PepperMissing, PepperUnreadable, PepperWrong

OLD, NEW = bytes(PEPPER_BYTES), bytes([1]) * PEPPER_BYTES


def test_a_new_file_is_its_owners_alone_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "pepper"
    made = peppers.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert peppers.read(path).newest == made.newest


def test_a_pepper_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    first = peppers.create(path)
    before = path.read_bytes()
    assert peppers.create(path).newest == first.newest
    assert path.read_bytes() == before


def test_the_digest_is_the_hmac_of_the_whole_key() -> None:
    both = Peppers([OLD, NEW])
    wanted = hmac.new(NEW, b"jw_key", hashlib.sha256).digest()
    assert both.digest(Secret("jw_key"), both.newest) == wanted
    assert both.matches("jw_key", both.newest, wanted)
    assert not both.matches("jw_kez", both.newest, wanted)
    assert not both.matches("jw_key", peppers.fingerprint(OLD), wanted)


@given(st.binary(min_size=PEPPER_BYTES, max_size=PEPPER_BYTES), st.text(max_size=200))
def test_the_digest_is_that_of_the_standard_whatever_the_pepper_and_the_text(
    pepper: bytes, text: str
) -> None:
    one = Peppers([pepper])
    for _ in range(2):
        # Twice: what is copied must not be used up.
        wanted = hmac.digest(pepper, text.encode(), "sha256")
        assert one.digest(Secret(text), one.newest) == wanted


def test_the_newest_of_several_mints_and_the_older_still_verify(tmp_path: Path) -> None:
    both = Peppers([OLD, NEW])
    assert both.newest == peppers.fingerprint(NEW)
    assert peppers.fingerprint(OLD) in both
    peppers.check_complete(both, [peppers.fingerprint(OLD)], tmp_path)


def test_a_pepper_that_keys_were_made_with_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(PepperWrong, match="not the one this store was made with"):
        peppers.check_complete(Peppers([NEW]), [peppers.fingerprint(OLD)], tmp_path / "pepper")


def test_neither_a_fingerprint_nor_a_repr_gives_a_pepper_away() -> None:
    assert len(peppers.fingerprint(NEW)) == 16
    assert NEW.hex() not in repr(Peppers([NEW]))
    assert hashlib.sha256(NEW).hexdigest()[:16] != peppers.fingerprint(NEW)


def test_another_purpose_derives_another_key_by_hkdf() -> None:
    one = Peppers([NEW])
    assert one.derive("audit", one.newest) != one.derive("webhooks", one.newest)
    # RFC 5869 A.3: its pseudorandom key expanded, there to 42 bytes, with no label.
    known = bytes.fromhex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04")
    two = Peppers([known])
    assert two.derive("", two.newest).hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    )


def test_a_missing_file_says_what_it_means(tmp_path: Path) -> None:
    with pytest.raises(PepperMissing, match="no key can be verified"):
        peppers.read(tmp_path / "pepper")


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "not base64!\n", "c2hvcnQ=\n", "\xff\xfe", "AAAA\n" * 3]
)
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pepper"
    path.write_text(text, encoding="latin-1")
    path.chmod(0o600)
    with pytest.raises(PepperUnreadable, match="damaged"):
        peppers.read(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "pepper"
    peppers.create(path)
    path.chmod(mode)
    with pytest.raises(PepperUnreadable, match="chmod 600"):
        peppers.read(path)


def test_a_folder_in_its_place_is_refused_in_one_sentence(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "pepper")
    with pytest.raises(PepperUnreadable, match="cannot be used"):
        peppers.read(tmp_path / "pepper")


@pytest.mark.parametrize(
    "old", [b"a word", b"\0" * 32, b"old \n# pepper", b"x" * LONGEST_OLD], ids=len
)
def test_an_old_pepper_is_kept_beside_ours_and_is_none_of_them(tmp_path: Path, old: bytes) -> None:
    path = tmp_path / "pepper"
    made = peppers.create(path)
    for _ in range(2):
        made.keep_old(old)
        assert path.read_text().count("old ") == 1
    read = peppers.read(path)
    assert read.old == made.old == (read.name_of_old(old),)
    assert read.fingerprints == made.fingerprints
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    keyed = read.hashed(Hashing(Hash.HMAC_SHA256, read.old[0]), b"value")
    assert keyed == hmac.digest(old, b"value", "sha256")
    assert old.hex() not in repr(read)
    # Whose pepper is a word is not told by the store alone.
    assert Peppers([NEW]).name_of_old(old) != Peppers([OLD]).name_of_old(old)


def test_of_old_peppers_kept_at_once_none_is_lost_and_their_number_is_bounded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pepper"
    peppers.create(path)
    real = tmp_path / "real"
    path.rename(real)
    path.symlink_to(real)
    with ThreadPoolExecutor(MOST_OLD) as threads:
        kept = [
            threads.submit(peppers.read(path).keep_old, f"{number}".encode())
            for number in range(MOST_OLD)
        ]
        for one in kept:
            one.result()
    assert path.is_symlink()
    assert len(peppers.read(path).old) == MOST_OLD
    with pytest.raises(Invalid, match="no more"):
        peppers.read(path).keep_old(b"one more")
    for wrong in (b"", b"x" * (LONGEST_OLD + 1)):
        with pytest.raises(Invalid, match="bytes"):
            peppers.read(path).keep_old(wrong)
