"""What is said of an attempt to copy."""

from console.clipboard.outcome import Level, Outcome
from console.text.pasted import key_id
from store.domain.key_string import Secret

_FACES = {
    Level.CONFIRMED: ("✓", "+", "$state-active"),
    Level.SENT: ("↗", ">", "$secondary"),
    Level.UNAVAILABLE: ("✕", "!", "$warning"),
}

_PART = 8
"""Characters from which on it is no chance that they stand in a key."""


def told(outcome: Outcome, *, ascii_only: bool) -> tuple[str, str]:
    """Return the sentence with its mark, and its tone."""
    glyph, ascii_glyph, tone = _FACES[outcome.level]
    return f"{ascii_glyph if ascii_only else glyph} {outcome.sentence}", tone


def not_it(secret: Secret, pasted: str, prefix: str) -> str:
    """Return what is said of a paste that is not the secret: which it was, and no word of it."""
    joined = "".join(pasted.split())
    if not joined:
        return "Nothing came: that clipboard is empty."
    if len(joined) >= _PART and joined in secret.reveal():
        return f"That is a part of this key: {len(joined)} of {len(secret.reveal())} characters."
    if secret.reveal() in joined:
        return "That is this key with something beside it: copy the key alone."
    found = key_id(joined, prefix)
    if found is not None and found not in secret.reveal():
        return f"That is another key, {prefix}_{found}, from before."
    return "That is not this key: what your terminal had, or (shift+insert) selected."
