"""How many colours a terminal has, where its name does not end with their number."""

import os

_HAVE_256 = ("alacritty", "foot", "ghostty", "kitty", "wezterm", "konsole", "contour", "rio", "vte")
"""Known by name where the machine that one has come to by SSH knows no terminal of that name."""
_ENOUGH = 256


def settle() -> None:
    """Let Textual have what the terminal has. Before Textual is imported: it looks but once.

    It goes by `COLORTERM`, which SSH does not pass on, and by the end of `TERM`; and it takes an
    empty NO_COLOR for one that is set, against its convention (no-color.org).
    """
    if os.environ.get("NO_COLOR") == "":
        del os.environ["NO_COLOR"]
    term = os.environ.get("TERM", "")
    if not os.environ.get("COLORTERM") and not term.endswith("color") and _has_256(term):
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", str(_ENOUGH))


def _has_256(term: str) -> bool:
    if any(name in term.split("-") for name in _HAVE_256):
        return True
    try:
        import curses
    except ImportError:
        return False
    try:
        curses.setupterm(term, 2)
    except curses.error:
        return False
    return curses.tigetnum("colors") >= _ENOUGH
