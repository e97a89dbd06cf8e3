"""What somebody typed or pasted to find a key, without what may be secret in it. Pure."""

import re


def masked(text: str, prefix: str) -> str:
    """Return a text in which every whole or broken-off key is cut down to its id."""
    return re.sub(rf"({re.escape(prefix)}_[0-9A-Za-z]{{12}})_[0-9A-Za-z]*", r"\1", text)


def without_prefix(text: str, prefix: str) -> str:
    """Return a text with ids as the store has them: people copy `jw_4fQ2x…` from a screen."""
    return re.sub(
        rf"(^|\s)(-?){re.escape(prefix)}_([0-9A-Za-z]{{5,}})(?:…|\.\.\.?)?(?=\s|$)",
        r"\1\2\3",
        text,
    )


def words(text: str, prefix: str) -> list[str]:
    """Return the words by which a key is found."""
    return without_prefix(masked(text, prefix), prefix).split()
