"""What is said of an attempt to copy."""

from console.clipboard.outcome import Level, Outcome

_FACES = {
    Level.CONFIRMED: ("✓", "+", "$state-active"),
    Level.SENT: ("↗", ">", "$secondary"),
    Level.UNAVAILABLE: ("✕", "!", "$warning"),
}


def told(outcome: Outcome, *, ascii_only: bool) -> tuple[str, str]:
    """Return the sentence with its mark, and its tone."""
    glyph, ascii_glyph, tone = _FACES[outcome.level]
    return f"{ascii_glyph if ascii_only else glyph} {outcome.sentence}", tone
