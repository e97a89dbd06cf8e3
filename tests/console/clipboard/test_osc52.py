"""The bytes that ask a terminal to fill its clipboard."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from console.clipboard import osc52
from console.clipboard.outcome import Level
from store.domain.key_string import Secret, mint

PIECE = re.compile(r"\x1bP(.*?)\x1b\\", re.DOTALL)


@given(st.text())
def test_the_sequence_holds_the_text_as_base64_of_utf_8(text: str) -> None:
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", osc52.sequence(Secret(text)))
    assert found is not None
    assert base64.b64decode(found[1], validate=True).decode() == text


@given(st.text(alphabet="abc", max_size=4000))
def test_screen_gets_pieces_it_does_not_drop_and_passes_the_whole_on(text: str) -> None:
    whole = osc52.sequence(Secret(text))
    wrapped = osc52.through_screen(whole)
    pieces = PIECE.findall(wrapped)
    assert "".join(pieces) == whole
    assert PIECE.sub("", wrapped) == ""
    # The limit is screen's MAXSTR, for what stands between the two escapes.
    assert all(len(piece.encode()) <= 768 for piece in pieces)


def test_a_key_goes_through_screen_in_one_piece() -> None:
    written: list[str] = []
    osc52.send_through_screen(mint("jw").key, written.append)
    assert len(PIECE.findall(written[0])) == 1


def test_what_nobody_confirms_is_never_called_more_than_sent() -> None:
    for send in (osc52.send, osc52.send_through_screen):
        written: list[str] = []
        outcome = send(Secret("jw_secret"), written.append)
        assert outcome.level is Level.SENT
        assert len(written) == 1
