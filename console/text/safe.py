"""The one way a string from outside reaches a terminal.

Nothing in Textual strips ESC: a stored name with OSC 52 in it could write an admin's clipboard or
freeze the screen.
"""

import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe(text: str) -> str:
    """Return a text with every control, bidi override and zero-width character as `�`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(char) in _HARMFUL else char for char in text)
