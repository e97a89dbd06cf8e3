"""What a terminal says by itself is no key, wherever it is cut; what was typed stays as it is."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from console import keyboard
from console.keyboard import Keyboard
from console.textual_privates import XTermParser

ANSWERS = (
    "\x1b]11;rgb:1212/1313/1717\x07",
    "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    "\x1b]52;c;aGFsbG8=\x07",
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1bP!|00000000\x1b\\",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b[?64;1;2;6;22c",
    "\x1b[>41;370;0c",
    "\x1b[=0c",
    "\x1b[0n",
    "\x1b[?997;1n",
    "\x1b[?1u",
    "\x1b[8;24;80t",
    "\x1b[4;600;800t",
)
TYPED = (
    "a", "X", "é", "漢", "\r", "\t", "\x7f", "\x03", "\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1b[15~",
    "\x1b[97;5u", "\x1b[<0;10;10M", "\x1b[<0;10;10m", "\x1b[I", "\x1b[Z",
    "\x1b[c", "\x1b[1;5t",
    "\x1b[200~abc\x1b[201~", "\x1b[200~a\r\nb\x1b[201~",
    "\x1b[?2026;2$y", "\x1b[48;24;80;600;800t", "\x1b[5;9R",
)  # fmt: skip
STREAMS = st.lists(st.sampled_from(TYPED + ANSWERS), max_size=12)


def told(messages: Iterable[Message]) -> list[str]:
    """Return messages as text, to be compared."""
    return [repr(message) for message in messages]


def fed(parser: XTermParser, parts: Iterable[str]) -> list[Message]:
    """Return what a parser tells of a stream that comes in parts."""
    return [message for part in parts if part for message in parser.feed(part)]


@pytest.mark.parametrize("key", ["/", "?", "*", " ", "r", "X", "3", "é", "\r", "\x10", "\x03"])
def test_escape_and_a_key_right_after_it_are_those_two(key: str) -> None:
    apart = [*fed(XTermParser(), "\x1b\x1b")[:1], *fed(XTermParser(), key)]
    assert told(fed(Keyboard(), (f"\x1b{key}",))) == told(apart)
    assert told(fed(Keyboard(), ("\x1b", key))) == told(apart)


def test_what_moves_by_words_in_a_field_is_one_key() -> None:
    for keys in ("\x1bb", "\x1bf", "\x1b\x7f", "\x1b\t"):
        assert told(fed(Keyboard(), (keys,))) == told(fed(XTermParser(), (keys,)))


@given(STREAMS, st.lists(st.integers(0, 200), max_size=6))
def test_an_answer_is_no_key_wherever_the_stream_is_cut(stream: list[str], cuts: list[int]) -> None:
    whole = "".join(stream)
    at = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    parts = [whole[first:last] for first, last in pairwise(at)]
    meant = [one for one in stream if one not in ANSWERS]
    assert told(fed(Keyboard(), parts)) == told(fed(XTermParser(), meant))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock for both parsers; its only number is the time."""
    now = [100.0]
    monkeypatch.setattr("textual._parser.get_time", lambda: now[0])
    return now


def after(parser: XTermParser, clock: list[float], seconds: float) -> list[Message]:
    """Return what a parser tells when nothing comes for some time."""
    clock[0] += seconds
    return list(parser.tick())


def keys(messages: Iterable[Message]) -> list[str]:
    """Return which keys were told."""
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize("typed", ["\x1b", "\x1b[", "\x1b]", "\x1bP"])
def test_escape_alone_and_what_may_begin_an_answer_come_as_soon_as_ever(
    clock: list[float], typed: str
) -> None:
    ours, theirs = Keyboard(), XTermParser()
    for parser in (ours, theirs):
        parser.heard = list(parser.feed(typed))  # type: ignore[attr-defined]
        parser.heard += after(parser, clock, 0.2)  # type: ignore[attr-defined]
    assert keys(ours.heard) == keys(theirs.heard) != []  # type: ignore[attr-defined]


@pytest.mark.parametrize("begun", ["\x1b]11;rgb:12", "\x1b[?64;1", "\x1bP>|XT"])
def test_an_answer_without_an_end_is_dropped_and_the_next_key_counts(
    clock: list[float], begun: str
) -> None:
    parser = Keyboard()
    assert not fed(parser, [begun])
    assert not after(parser, clock, 0.5)
    assert not after(parser, clock, keyboard._CUT_OFF)
    assert keys(fed(parser, ["r"])) == ["r"]


@pytest.mark.parametrize("given_up", ["\x03", "\x1b"])
def test_a_paste_whose_end_is_lost_is_given_up_by_a_key_and_nothing_of_it_is_taken(
    clock: list[float], given_up: str
) -> None:
    parser = Keyboard()
    heard = fed(parser, ["\x1b[200~jw_half of it"])
    heard += after(parser, clock, 2 * keyboard._CUT_OFF)
    heard += fed(parser, [given_up])
    heard += after(parser, clock, 2 * keyboard._CUT_OFF)
    assert not heard
    assert keys(fed(parser, ["n"])) == ["n"]


@given(st.text("ab\x1b[201~X\x03\x00\r", max_size=12), st.integers(0, 30))
def test_whatever_is_in_a_paste_is_pasted_and_none_of_it_typed(text: str, cut: int) -> None:
    text = text.replace("\x1b[201~", "")
    stream = f"\x1b[200~{text}\x1b[201~n"
    paste, key = fed(Keyboard(), [stream[:cut], stream[cut:]])
    assert isinstance(paste, events.Paste)
    assert paste.text == text.replace("\x00", "")
    assert keys([key]) == ["n"]


def test_a_paste_s_end_may_come_in_pieces_however_late(clock: list[float]) -> None:
    for cut in range(2, len("\x1b[201~")):
        parser = Keyboard()
        heard = fed(parser, ["\x1b[200~one", "\x1b[201~"[:cut]])
        heard += after(parser, clock, 3 * keyboard._CUT_OFF)
        heard += fed(parser, ["\x1b[201~"[cut:], "n"])
        assert [type(one) for one in heard] == [events.Paste, events.Key], cut


def test_a_paste_that_a_slow_line_holds_up_is_one_paste(clock: list[float]) -> None:
    parser, heard = Keyboard(), list[Message]()
    for part in ("\x1b[200~one", "\x03two", "\x1b", "[201~", "n"):
        heard += fed(parser, [part])
        if part != "\x1b":
            heard += after(parser, clock, 0.5)
    paste, key = heard
    assert isinstance(paste, events.Paste)
    assert paste.text == "one\x03two"
    assert keys([key]) == ["n"]
