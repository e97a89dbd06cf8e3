"""Which of a terminal's bytes somebody typed: not what it answers, nor what a lost paste takes in.

Terminals answer what programs ask, late over a slow line: colours (OSC), their version (DCS), what
they can do (DA). Textual takes answers it does not know for the keys they are spelt with, which are
verbs here. And a paste whose end was lost would take in every key that is pressed after it.
"""

import re
from collections.abc import Callable, Generator
from contextlib import suppress

from textual import constants, events
from textual.message import Message

from console.textual_privates import (
    ParseEOF,
    ParseTimeout,
    Peek1,
    Read1,
    TokenCallback,
    XTermParser,
)

_ESCAPE, _INTERRUPT = "\x1b", "\x03"
_PASTE, _PASTE_END = "\x1b[200~", "\x1b[201~"
_CUT_OFF = 1.0
"""Seconds without a byte after which neither an answer's end is awaited nor a paste's."""

_BEGUN = re.compile(r"\x1b(?:\[[?>=]?[\d;:]*[ -/]*|[]P_])?")
"""What may become an answer; keys begin like that, too."""
_STRING = re.compile(r"\x1b(?:\]\d|P[\d>!$+]|_G)")
"""How control strings begin (ECMA-48 5.6) that terminals send."""
_STRING_ENDS = ("\x07", "\x1b\\")
_ANSWER = re.compile(
    # A report of a mode (DECRPM) is for Textual. Without a sign after the bracket most are keys.
    r"\x1b\[(?:[?>=][\d;:]*(?!\$y)[ -/]*[@-~]|\d+n|[3-9];\d+;\d+t)"
)
_TWO_KEYS = re.compile(r"\x1b[^\x1b\t\x7fbfO]", re.DOTALL)
"""Escape and a key right after it. A terminal writes alt and a key with the same bytes: of those
only what moves by words, or deletes one, is of use in a field here, and shift and tab on Linux."""
_TYPED_BY_HAND = 2
"""Characters of a sequence that alt and a key make; the rest of a longer one is on its way."""


class Keyboard(XTermParser):
    """Textual's parser, told only of what was typed, pasted, or done with the mouse."""

    def parse(self, token_callback: TokenCallback[Message]) -> Generator[Read1 | Peek1, str, None]:
        """Take characters, and pass on all that is no answer."""
        typed = _Typed(super().parse, token_callback)
        held = ""
        while True:
            try:
                character = yield typed.awaited(held)
            except ParseTimeout:
                held = typed.waited(held)
            except ParseEOF:
                typed.end(held)
                return
            else:
                held = typed.taken(held + character)


class _Typed:
    """What is passed on, and what is held back until it is known what it is."""

    def __init__(
        self,
        read: Callable[[TokenCallback[Message]], Generator[Read1 | Peek1, str, None]],
        token_callback: TokenCallback[Message],
    ) -> None:
        self._token_callback = token_callback
        self._paste: list[str] | None = None
        """What has come of a paste that has begun. Whatever is in it, it is none of the keys."""
        self._quiet = False
        """Whether nothing of a paste has come for some time."""
        self._reading = read(token_callback)
        self._awaiting = next(self._reading)

    def awaited(self, held: str) -> Read1 | Peek1:
        """Return what to wait for, and how long."""
        if self._paste is not None or len(held) > _TYPED_BY_HAND:
            return Read1(_CUT_OFF)
        return Read1(constants.ESCAPE_DELAY) if held else self._awaiting

    def taken(self, text: str) -> str:
        """Take what was held and one character more; return what is to be held now."""
        if self._paste is not None:
            return self._pasted(text, self._paste)
        if _STRING.match(text):
            return "" if text.endswith(_STRING_ENDS) else text
        if _ANSWER.fullmatch(text):
            return ""
        if _BEGUN.fullmatch(text):
            return text
        if len(text) > 1 and text.endswith(_ESCAPE):
            self._send(text[:-1])
            return _ESCAPE
        if text == _PASTE:
            self._paste = []
        elif _TWO_KEYS.fullmatch(text):
            # Textual tells of the second alone, or of what a Mac's option key gives with it.
            self._token_callback(events.Key("escape", _ESCAPE))
            self._send(text[1:])
        else:
            self._send(text)
        return ""

    def waited(self, held: str) -> str:
        """Pass on what was typed, now that nothing follows; what was cut off is dropped.

        Of a paste nothing is dropped: its end may come late. Return what is to be held still.
        """
        if self._paste is not None:
            if self._quiet and held == _ESCAPE:
                self._give_up()
                return ""
            self._quiet = True
            return held
        if len(held) <= _TYPED_BY_HAND:
            self._send(held)
            if self._awaiting.timeout is not None:
                self._awaiting = self._reading.throw(ParseTimeout())
        return ""

    def end(self, held: str) -> None:
        """Pass on that there is no more."""
        self._send("" if self._paste is not None else held)
        with suppress(StopIteration):
            self._reading.throw(ParseEOF())

    def _pasted(self, text: str, paste: list[str]) -> str:
        if self._quiet and text in (_INTERRUPT, _ESCAPE * 2):
            self._give_up()
            return ""
        if text == _PASTE_END:
            self._paste, self._quiet = None, False
            self._token_callback(events.Paste("".join(paste).replace("\x00", "")))
            return ""
        if _PASTE_END.startswith(text):
            return text
        self._quiet = False
        again = _ESCAPE if text.endswith(_ESCAPE) else ""
        paste.append(text.removesuffix(again))
        return again

    def _give_up(self) -> None:
        """End a paste whose end does not come; what came of it is nothing that was meant."""
        self._paste, self._quiet = None, False

    def _send(self, text: str) -> None:
        for character in text:
            self._awaiting = self._reading.send(character)
