"""`--ascii`: no sign of ours leaves the console that a plain terminal cannot draw."""

import os
import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_OURS = str.maketrans(
    {
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("–—·─", "-"),
        **dict.fromkeys("▌▏▎│", "|"),
        **dict.fromkeys("╭╮╰╯", "+"),
        # The ends of scroll bars, whose bars are told by their ground.
        **dict.fromkeys("▁▂▃▄▅▆▇█▔", " "),
        **dict(zip("↑↓←→", "^v<>", strict=True)),
        "•": "~",
        "✓": "+",
        "›": ">",
        "×": "x",
    }
)
"""Each by one of the same width. Letters stay: a name is what somebody called it."""

_ELLIPSIS = (
    # Into the blanks after it, but the one before what comes next; else over what was cut short.
    (re.compile("…  (?= |$)"), "..."),
    (re.compile("… (?= |$)"), ".."),
    (re.compile("[!-~]…"), ".."),
    (re.compile("…"), "."),
)
"""How an ellipsis is spelt in the room there is."""


def lacks_signs() -> bool:
    """Return whether this is a terminal whose fonts have letters and little else.

    Linux' own console has 256 or 512 glyphs, hardly any of ours among them.
    """
    return re.match(r"linux|cons25|vt\d", os.environ.get("TERM", "")) is not None


def spelt(line: str) -> str:
    """Return a line without signs of ours, as wide as before."""
    if line.isascii():
        return line
    for ellipsis, dots in _ELLIPSIS:
        line = ellipsis.sub(dots, line)
    return line.translate(_OURS)


class AsciiFilter(LineFilter):
    """Spells quotation marks, ellipses and lines, wherever they were written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line's segments, each as wide as before."""
        line, at, made = spelt("".join(segment.text for segment in segments)), 0, []
        for text, style, control in segments:
            made.append(Segment(line[at : at + len(text)], style, control))
            at += len(text)
        return made
