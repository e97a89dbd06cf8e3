"""The one way a string from outside reaches a terminal.

Nothing in Textual strips ESC: a stored name with OSC 52 in it could write an admin's clipboard or
freeze the screen.
"""

import json
import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe(text: str) -> str:
    """Return a text with every control, bidi override and zero-width character as `�`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(char) in _HARMFUL else char for char in text)


def safe_json(content: object, *, indent: int | None = None) -> str:
    """Return a document as JSON in which each of those characters is escaped: nothing is lost.

    JSON itself escapes only those of ASCII (RFC 8259, 7): U+009B begins what steers a terminal.
    """
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        json.dumps(char)[1:-1] if char != "\n" and unicodedata.category(char) in _HARMFUL else char
        for char in text
    )
