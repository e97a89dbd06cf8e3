"""Signs of ours as letters, for a terminal that cannot draw them. Pure but for `lacks_signs`."""

import os
import re

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
