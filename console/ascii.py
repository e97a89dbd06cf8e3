"""`--ascii`: no sign of ours leaves the console that a plain terminal cannot draw."""

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
        "…": ".",
        "›": ">",
        "×": "x",
    }
)
"""Each by one of the same width. Letters stay: a name is what somebody called it."""


class AsciiFilter(LineFilter):
    """Spells quotation marks, ellipses and lines, wherever they were written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return a line's segments, each as wide as before."""
        return [
            Segment(text if text.isascii() else text.translate(_OURS), style, control)
            for text, style, control in segments
        ]
