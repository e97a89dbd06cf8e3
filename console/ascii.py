"""`--ascii`: no sign of ours leaves the console that a plain terminal cannot draw."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from console.text.plain import spelt


class AsciiFilter(LineFilter):
    """Spells quotation marks, ellipses and lines, wherever they were written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line's segments, each as wide as before."""
        line, at, made = spelt("".join(segment.text for segment in segments)), 0, []
        for text, style, control in segments:
            made.append(Segment(line[at : at + len(text)], style, control))
            at += len(text)
        return made
