"""Whether a paste is the key, through whatever a selection adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.clipboard.matches import holds, matches
from store.domain.key_string import Secret

TEXT = f"jw_4fQ2xAbCdEfG_{'AbC123' * 8}Z"
KEY = Secret(TEXT)


@pytest.mark.parametrize(
    "pasted",
    [
        TEXT,
        f"  {TEXT}\n",
        f"{TEXT[:30]}\n{TEXT[30:]}",
        f"{TEXT[:30]}\r\n   {TEXT[30:]}   ",
        f"{TEXT[:30]}\u00a0\t{TEXT[30:]}",
    ],
)
def test_blanks_and_line_breaks_of_a_selection_do_not_count(pasted: str) -> None:
    assert matches(KEY, pasted)


@pytest.mark.parametrize(
    "pasted",
    ["", TEXT[:-1], TEXT[1:], TEXT.swapcase(), TEXT + TEXT, f"│{TEXT}│", f"KEY={TEXT}"],
)
def test_less_or_more_than_the_key_is_not_the_key(pasted: str) -> None:
    assert not matches(KEY, pasted)
    assert holds(KEY, pasted) is (TEXT in pasted)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_anything_may_be_pasted(pasted: str) -> None:
    assert not matches(KEY, pasted)
    assert matches(Secret("jw"), f" j{''.join(c for c in pasted if c.isspace())}w")
