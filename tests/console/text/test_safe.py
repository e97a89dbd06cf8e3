"""Foreign strings on their way to a screen."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.text.safe import safe, safe_json

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_nothing_that_steers_a_terminal_passes(text: str) -> None:
    shown = safe(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(char).startswith(("C", "Zl", "Zp")) for char in shown)
    shown.encode()


@given(st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", "\ufffd]52;c;ZXZpbA==\ufffd"),
        ("a\u202eb", "a\ufffdb"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("a\tb\nc", "a\ufffdb\ufffdc"),
    ],
)
def test_what_is_taken_out_leaves_a_mark(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_json_steers_no_terminal_and_loses_nothing() -> None:
    told = {"names": ["\x9b2J", "\x7f", "\u202e", "\U000e0041", "請求書 🧾", "\u00a0", "a\nb"]}
    for indent in (None, 2):
        text = safe_json(told, indent=indent)
        assert safe(text.replace("\n", "")) == text.replace("\n", "")
        assert json.loads(text) == told
        assert "請求書 🧾" in text
