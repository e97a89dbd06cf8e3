"""Tables on standard output: for eyes at a terminal, for programs in a pipe.

At a terminal a row is one line: what is too long is cut, an id never is, and states have their
sign and colour. In a pipe everything is there, each state as its word, without colour.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import click
from rich.cells import cell_len

from console.commands.line import Line
from console.commands.output import at_terminal, say
from console.text.badges import SIXTEEN, Badge
from console.text.fit import fit
from console.text.plain import lacks_signs, spelt
from console.text.safe import safe

GAP = 2
AT_ONCE = 500
"""Rows of a list that are held at a time: it is printed while it is read."""
USUAL_WIDTH = 80
"""Cells, where a terminal does not say how many it has."""
LEAST = 6
"""Cells that a column keeps; where there are fewer, a whole one is left out."""

# SGR (ECMA-48 8.3.117): the terminal's own sixteen colours, so that they suit its ground.
_SGR = {"green": "32", "yellow": "33", "bright_blue": "94", "red": "31"}
_HEAD, _PLAIN = "1", "0"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, and whether it is an id, which is never cut."""

    title: str
    whole: bool = False
    extra: bool = False
    """Whether it is there only for whoever names it."""

    @property
    def name(self) -> str:
        """Return what it is called on a command line: `last-used`."""
        return re.sub(r" *\(.*\)", "", self.title).lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and what its row is sorted by where that is another: a number, an instant."""

    text: str
    by: int | float | None
    """None, where there is nothing, comes last."""


Content = str | Cell | Badge


@dataclass(frozen=True, slots=True)
class Look:
    """What tables are drawn for."""

    width: int | None = None
    """Cells of a line; None for a pipe, which has everything."""
    colour: bool = False
    ascii_only: bool = False

    def text(self, content: Content) -> str:
        """Return what a cell says."""
        if isinstance(content, Badge):
            signed = content.text(ascii_only=self.ascii_only)
            return content.word if self.width is None else signed
        text = safe(content.text if isinstance(content, Cell) else content)
        return spelt(text) if self.ascii_only and self.width is not None else text

    def painted(self, text: str, content: Content | None) -> str:
        """Return a cell's text in its colour; that of a column's title for None."""
        if not self.colour:
            return text
        tone = SIXTEEN.get(content.tone, "") if isinstance(content, Badge) else ""
        sgr = _HEAD if content is None else _SGR.get(tone)
        return f"\x1b[{sgr}m{text}\x1b[{_PLAIN}m" if sgr else text


def look() -> Look:
    """Return what standard output is: a terminal, with or without colours and signs, or a pipe."""
    if not at_terminal():
        return Look()
    context = click.get_current_context(silent=True)
    line = context.find_object(Line) if context else None
    asked = line.ascii_only if line else None
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return Look(
        width=_columns(),
        # An empty NO_COLOR is none (no-color.org).
        colour=not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb",
        ascii_only=_unwritable(encoding) or (lacks_signs() if asked is None else asked),
    )


def _columns() -> int:
    """Return how wide the terminal is that standard output goes to; COLUMNS says it first."""
    said = os.environ.get("COLUMNS", "")
    with suppress(OSError, ValueError):
        return (
            int(said)
            if said.isdecimal() and int(said)
            else os.get_terminal_size(sys.stdout.fileno()).columns or USUAL_WIDTH
        )
    return USUAL_WIDTH


def _unwritable(encoding: str) -> bool:
    try:
        "●⇄…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def table(head: Sequence[str | Column], rows: Iterable[Sequence[Content]]) -> None:
    """Print rows under a head, in columns as wide as they need and the terminal has room for.

    So many at once: a column is widened from where a row of a long list needs it.
    """
    seen = look()
    columns = [Column(one) if isinstance(one, str) else one for one in head]
    widths = [cell_len(column.title) for column in columns]
    rest, first, missing = iter(rows), True, list[str]()
    while (lines := list(islice(rest, AT_ONCE))) or first:
        texts = [[seen.text(content) for content in line] for line in lines]
        for line in texts:
            widths = [max(*both) for both in zip(widths, map(cell_len, line), strict=True)]
        room = cut(columns, widths, seen.width)
        # Widths only grow: what is left out once stays so.
        missing = [one.title for one, width in zip(columns, room, strict=True) if not width]
        if first:
            titles = [column.title for column in columns]
            print(_line(seen, titles, [None] * len(columns), room))
        for line, contents in zip(texts, lines, strict=True):
            print(_line(seen, line, contents, room))
        sys.stdout.flush()
        first = False
    if missing:
        say(f"There is no room for {', '.join(missing)}. In a pipe everything is there.")


def _line(
    seen: Look, texts: Sequence[str], contents: Sequence[Content | None], widths: Sequence[int]
) -> str:
    drawn = []
    for text, content, width in zip(texts, contents, widths, strict=True):
        if not width:
            continue
        kept = text if cell_len(text) <= width else fit(text, width, ascii_only=seen.ascii_only)
        drawn.append(seen.painted(kept, content) + " " * (width - cell_len(kept) + GAP))
    return "".join(drawn).rstrip()


def cut(columns: Sequence[Column], widths: Sequence[int], room: int | None) -> list[int]:
    """Return widths that fit a line of so many cells: the widest give first, a whole one nothing.

    Where even the least of all is too much, the last that may be is left out: it is 0.
    """
    kept = list(widths)
    shown = [at for at, width in enumerate(kept) if width]
    while room is not None:
        gives = [at for at in shown if not columns[at].whole]
        fixed = sum(kept[at] for at in shown if columns[at].whole) + GAP * (len(shown) - 1)
        left = room - fixed
        if sum(kept[at] for at in gives) <= left:
            break
        if sum(min(LEAST, kept[at]) for at in gives) <= left:
            _level(kept, gives, left)
            break
        if len(gives) < 2:
            break
        kept[gives[-1]] = 0
        shown.remove(gives[-1])
    return kept


def _level(widths: list[int], gives: Sequence[int], left: int) -> None:
    """Cut columns to the highest level that so many cells are enough for, and share the rest."""
    level = next(
        height
        for height in range(left, 0, -1)
        if sum(min(widths[at], height) for at in gives) <= left
    )
    spare = left - sum(min(widths[at], level) for at in gives)
    for at in gives:
        if widths[at] > level:
            widths[at] = level + (1 if spare > 0 else 0)
            spare -= 1
