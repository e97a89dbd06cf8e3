"""What was meant by a word that nothing is called."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a mistyped one is nearest to, however it is capitalized."""
    # Not before it is needed: errors are read on the way to the first frame.
    from difflib import get_close_matches

    folded = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), folded, 1, 0.7)
    return folded[near[0]] if near else None


def meant(word: str, known: Iterable[str]) -> str:
    """Return the question whether that was meant, with a blank before it; else nothing."""
    near = nearest(word, known)
    return f" Did you mean {near}?" if near else ""
