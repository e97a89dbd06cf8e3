"""Only the cells that changed reach the terminal: over a slow line every byte is waited for.

Textual draws whole lines, each piece of them with all of its style. What the terminal shows is
remembered here, cell by cell, and a frame cut down to what differs from it. Whatever is not
understood passes as it is, and nothing is taken to be shown any more.
"""

import re
from functools import lru_cache
from shutil import get_terminal_size
from typing import NamedTuple

from rich.cells import cell_len
from textual.driver import Driver

_TOKEN = re.compile(
    r"\x1b\[(?P<style>[0-9;]*)m"
    r"|\x1b\[(?P<line>\d+);(?P<column>\d+)H"
    r"|(?P<newline>\r?\n)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_PARAMETER = re.compile(
    r"(?:(?P<ink>38;(?:5;\d+|2;\d+;\d+;\d+)|3[0-79]|9[0-7])"
    r"|(?P<ground>48;(?:5;\d+|2;\d+;\d+;\d+)|4[0-79]|10[0-7])"
    r"|(?P<attribute>[1-57-9])"
    r"|(?P<reset>0))(?:;|\Z)"
)
# Modes that leave every cell as it is, and what belongs to the window: title, clipboard.
_BESIDE = re.compile(
    r"(?:\x1b\[\?(?:25|1000|1002|1003|1004|1006|1015|2004|2026|2031|2048)[hl]"
    r"|\x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\))+\Z"
)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_OF_INK = frozenset("123")
"""Bold, dim and italic: they show in what is written only."""
_BRIDGE = 6
"""Cells that are drawn though they have not changed: moving the cursor costs as much."""


class Pen(NamedTuple):
    """What a cell is drawn with, as parameters of SGR (ECMA-48 8.3.117)."""

    attributes: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


Cell = tuple[str, Pen]


class ChangedCells:
    """What a terminal shows, and the least that must be sent to change it."""

    def __init__(self) -> None:
        self._shown: dict[int, dict[int, Cell]] = {}
        self._cursor: tuple[int, int] | None = None

    def forget(self) -> None:
        """Take nothing to be shown: the terminal may have changed it by itself."""
        self._shown.clear()
        self._cursor = None

    def cut(self, data: str) -> str:
        """Return what to send in place of one frame, to the same effect."""
        if _BESIDE.match(data):
            return data
        frame = _read(data)
        if frame is None:
            self.forget()
            return data
        drawn, end = frame
        sent: list[str] = []
        pen, at = Pen(), self._cursor
        for line, cells in sorted(drawn.items()):
            shown = self._shown.setdefault(line, {})
            for first, last in _runs(shown, cells):
                if at != (line, first):
                    sent.append(f"\x1b[{line};{first}H")
                for column in range(first, last + 1):
                    text, wanted = cells[column]
                    wanted = _taking(pen, text, wanted)
                    if wanted != pen:
                        sent.append(_change(pen, wanted))
                        pen = wanted
                    sent.append(text)
                at = (line, last + 1)
            shown.update(cells)
        if pen != Pen():
            sent.append("\x1b[0m")
        if at != end:
            sent.append(f"\x1b[{end[0]};{end[1]}H")
        self._cursor = end
        return "".join(sent)


def _read(data: str) -> tuple[dict[int, dict[int, Cell]], tuple[int, int]] | None:
    """Return the cells a frame draws and where it leaves the cursor; None if it does more."""
    drawn: dict[int, dict[int, Cell]] = {}
    pen, line, column = Pen(), 0, 0
    for token in _TOKEN.finditer(data):
        match token.lastgroup:
            case "style" if pen == Pen() or token["style"] in ("", "0"):
                changed = _pen(token["style"])
                if changed is None:
                    return None
                pen = changed
            case "column":
                line, column = int(token["line"]), int(token["column"])
            case "newline":
                # The next place is told; where not, it is not known.
                line = 0
            case "text" if line and _narrow(token["text"]):
                cells = drawn.setdefault(line, {})
                blank = _blank(pen)
                for column, text in enumerate(token["text"], column):  # noqa: B020
                    cells[column] = (text, blank if text == " " else pen)
                column += 1
            case _:
                return None
    return (drawn, (line, column)) if line else None


def _narrow(text: str) -> bool:
    """Return whether every character takes one cell."""
    return text.isascii() or all(cell_len(character) == 1 for character in text)


def _runs(shown: dict[int, Cell], cells: dict[int, Cell]) -> list[tuple[int, int]]:
    """Return the stretches to draw, as first and last column."""
    runs: list[tuple[int, int]] = []
    for column in sorted(cells):
        if shown.get(column) == cells[column]:
            continue
        last = runs[-1][1] if runs else None
        if last is not None and column - last <= _BRIDGE and _alike(cells, last, column):
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


def _alike(cells: dict[int, Cell], last: int, column: int) -> bool:
    """Return whether what is between two cells is drawn, too, and as the first one is."""
    return all(at in cells and cells[at][1] == cells[last][1] for at in range(last, column))


@lru_cache(maxsize=1024)
def _pen(parameters: str) -> Pen | None:
    """Return the pen that a reset and these parameters make; None where one is not known."""
    attributes, ink, ground = set(), "", ""
    at = 0
    while at < len(parameters):
        parameter = _PARAMETER.match(parameters, at)
        if parameter is None:
            return None
        at = parameter.end()
        match parameter.lastgroup:
            case "ink":
                ink = _own(parameter["ink"])
            case "ground":
                ground = _own(parameter["ground"])
            case "attribute":
                attributes.add(parameter["attribute"])
            case _:
                attributes, ink, ground = set(), "", ""
    return Pen(frozenset(attributes), ink, ground)


def _own(colour: str) -> str:
    """Return a colour, empty where it is the terminal's own: as if none had been named."""
    return "" if colour in ("39", "49") else colour


@lru_cache(maxsize=1024)
def _blank(pen: Pen) -> Pen:
    """Return the pen of a blank: no ink shows in it, unless there are lines through it."""
    return pen if pen.attributes - _OF_INK else Pen(ground=pen.ground)


def _taking(pen: Pen, text: str, wanted: Pen) -> Pen:
    """Return the pen to draw a cell with, coming from another: a blank takes it as it is."""
    if text == " " and not pen.attributes - _OF_INK and wanted == Pen(ground=wanted.ground):
        return pen._replace(ground=wanted.ground)
    return wanted


@lru_cache(maxsize=4096)
def _change(pen: Pen, wanted: Pen) -> str:
    """Return the sequence that turns one pen into another."""
    parts = sorted({_OFF[attribute] for attribute in pen.attributes - wanted.attributes})
    kept = frozenset(attribute for attribute in pen.attributes if _OFF[attribute] not in parts)
    parts += sorted(wanted.attributes - kept)
    if wanted.ink != pen.ink:
        parts.append(wanted.ink or "39")
    if wanted.ground != pen.ground:
        parts.append(wanted.ground or "49")
    return f"\x1b[{';'.join(parts)}m"


def _wiped(lines: int) -> str:
    """Return what empties the screen.

    Line by line: what is erased as a whole, some terminals keep to be scrolled back to.
    """
    return "\x1b[0m" + "".join(f"\x1b[{line};1H\x1b[2K" for line in range(lines, 0, -1))


def thrifty(driver: type[Driver], cells: ChangedCells) -> type[Driver]:
    """Return a driver that sends what changed, and no more."""

    class ThriftyDriver(driver):  # type: ignore[misc, valid-type]
        """The platform's own, but for what it writes."""

        def write(self, data: str) -> None:
            """Write what changes cells."""
            super().write(cells.cut(data))

        def stop_application_mode(self) -> None:
            """Leave nothing behind: not every terminal has another screen to go back to."""
            self.write(_wiped(get_terminal_size().lines))
            super().stop_application_mode()

    return ThriftyDriver
