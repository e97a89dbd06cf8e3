"""The key string: what a key looks like, what is refused, and that no secret is ever seen."""

import pickle
import re
import zlib
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.key_string import (
    ALPHABET,
    SHORTEST_KEY,
    Secret,
    checksum,
    mint,
    parse,
    shown,
)
from store.errors import MalformedKey

PREFIXES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8)
# Made once, so that a failure can be repeated.
KEY = "jw_4fQ2xAbCdEfG_" + "k" * 43
KEY += checksum(KEY)


def decoded(digits: str) -> int:
    """Return the number that base62 digits write: the checksum told the other way round."""
    number = 0
    for digit in digits:
        number = number * 62 + ALPHABET.index(digit)
    return number


@given(PREFIXES)
def test_every_minted_key_parses_to_its_id(prefix: str) -> None:
    minted = mint(prefix)
    key = minted.key.reveal()
    assert parse(key, prefix) == minted.id
    assert re.fullmatch(rf"{prefix}_[0-9A-Za-z]{{12}}_[0-9A-Za-z]{{49}}", key)


def test_a_key_of_the_default_prefix_has_65_characters() -> None:
    assert len(mint("jw").key.reveal()) == 65


def test_no_key_is_shorter_than_the_shortest() -> None:
    assert len(mint("ab").key.reveal()) == SHORTEST_KEY


def test_two_keys_share_neither_id_nor_secret() -> None:
    parts = [part for _ in range(200) for part in mint("jw").key.reveal().split("_")[1:]]
    assert len(set(parts)) == 400


def test_minting_anew_keeps_the_id_and_changes_the_secret() -> None:
    first = mint("jw")
    second = mint("jw", first.id)
    assert second.id == first.id
    assert second.key != first.key


@given(st.text())
def test_the_checksum_is_the_crc_32_in_six_base62_digits(body: str) -> None:
    digits = checksum(body)
    assert len(digits) == 6
    assert decoded(digits) == zlib.crc32(body.encode())


def test_a_small_checksum_is_padded_with_zeros() -> None:
    assert checksum("") == "000000"


@given(st.integers(0, len(KEY) - 1), st.sampled_from(ALPHABET + "_-. é\0"))
def test_one_wrong_character_is_caught_before_any_look_up(place: int, character: str) -> None:
    changed = KEY[:place] + character + KEY[place + 1 :]
    if changed == KEY:
        assert parse(changed, "jw") == "4fQ2xAbCdEfG"
        return
    with pytest.raises(MalformedKey):
        parse(changed, "jw")


@given(st.integers(0, len(KEY) - 2))
def test_two_swapped_neighbours_are_caught(place: int) -> None:
    changed = KEY[:place] + KEY[place + 1] + KEY[place] + KEY[place + 2 :]
    if changed != KEY:
        with pytest.raises(MalformedKey):
            parse(changed, "jw")


@given(st.text() | st.text(ALPHABET + "_jw", min_size=60, max_size=70))
def test_nothing_else_parses_and_nothing_breaks(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse(text, "jw")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "begins with jw_"),
        ("sk_" + KEY[3:], "begins with jw_"),
        (KEY[:-1], "length"),
        (KEY + "0", "length"),
        (KEY + "\n", "length"),
        (KEY[:20] + "-" + KEY[21:], "character"),
        (KEY[:20] + "٣" + KEY[21:], "character"),
        (KEY[:-1] + ("0" if KEY[-1] != "0" else "1"), "checksum"),
    ],
)
def test_the_reason_is_said_and_the_text_is_not(text: str, reason: str) -> None:
    with pytest.raises(MalformedKey, match=reason) as caught:
        parse(text, "jw")
    assert "kkkk" not in str(caught.value)


@pytest.mark.parametrize("place", [3, 9, 14, 16, 40, 58])
@pytest.mark.parametrize("wrong", ["-", "_", " ", "\n", "\0", "é", "٣", "²", "Ａ"])
def test_a_wrong_character_is_refused_under_a_right_checksum(place: int, wrong: str) -> None:
    body = KEY[:-6]
    body = body[:place] + wrong + body[place + 1 :]
    with pytest.raises(MalformedKey, match="character"):
        parse(body + checksum(body), "jw")


def test_an_id_and_a_secret_are_parted_by_a_low_line() -> None:
    body = KEY[:15] + "x" + KEY[16:-6]
    with pytest.raises(MalformedKey, match="character"):
        parse(body + checksum(body), "jw")


def test_an_id_is_shown_by_its_first_five_characters() -> None:
    assert shown("jw", "4fQ2xAbCdEfG") == "jw_4fQ2x…"


def test_a_secret_is_seen_only_by_who_asks_for_it() -> None:
    secret = Secret("hunter2!")
    assert secret.reveal() == "hunter2!"
    for seen in (repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{[secret]}"):
        assert "hunter2!" not in seen
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        hash(secret)
    assert not hasattr(secret, "__dict__")


def test_secrets_are_equal_by_value_and_to_nothing_else() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    # Whatever knows better may say so.
    assert Secret("a") == ANY
