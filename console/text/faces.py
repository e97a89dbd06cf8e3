"""How a key's state looks: always a glyph, a word and a colour."""

from dataclasses import dataclass

from store.keys import Key, Note, State


@dataclass(frozen=True, slots=True)
class Face:
    """One state as drawn. `tone` names a theme variable and a CSS class."""

    glyph: str
    ascii_glyph: str
    word: str
    tone: str

    def text(self, *, ascii_only: bool) -> str:
        """Return glyph and word: `● Active`."""
        return f"{self.ascii_glyph if ascii_only else self.glyph} {self.word}"


ACTIVE = Face("●", "*", "Active", "active")
EXPIRING = Face("◔", "!", "Expiring", "expiring")
ROTATING = Face("⇄", "=", "Rotating", "rotating")
UNCONFIRMED = Face("◌", "?", "Unconfirmed", "expiring")
ROTATION_DUE = Face("◑", "%", "To rotate", "expiring")
EXPIRED = Face("○", "o", "Expired", "expired")
REVOKED = Face("✕", "x", "Revoked", "revoked")

_BY_NOTE = {
    Note.ROTATING: ROTATING,
    Note.EXPIRING: EXPIRING,
    Note.UNCONFIRMED: UNCONFIRMED,
    Note.ROTATION_DUE: ROTATION_DUE,
}


def face(key: Key, now: int) -> Face:
    """Return how a key looks at an instant: its state, or the most pressing note on it."""
    match key.state(now):
        case State.REVOKED:
            return REVOKED
        case State.EXPIRED:
            return EXPIRED
    for note in key.notes(now):
        if note in _BY_NOTE:
            return _BY_NOTE[note]
    return ACTIVE
