"""How a key's state looks: always a glyph, a word and a colour."""

from dataclasses import dataclass

from store.domain.keys import Key, Note, State


@dataclass(frozen=True, slots=True)
class Badge:
    """One state as drawn. `tone` names a theme variable and a CSS class."""

    glyph: str
    ascii_glyph: str
    word: str
    tone: str

    def text(self, *, ascii_only: bool) -> str:
        """Return glyph and word: `● Active`."""
        return f"{self.ascii_glyph if ascii_only else self.glyph} {self.word}"


ACTIVE = Badge("●", "*", "Active", "active")
EXPIRING = Badge("◔", "!", "Expiring", "expiring")
LEAKED = Badge("▲", "!", "Leaked", "expiring")
STOPPED = Badge("■", "#", "Stopped", "expiring")
"""Works no more for the time being; what it says in words is what tells it from a revocation."""
ROTATING = Badge("⇄", "=", "Rotating", "rotating")
_ROTATING_OLD = Badge("⇄", "=", "Rotating old", "rotating")
_ROTATING_NEW = Badge("⇄", "=", "Rotating new", "rotating")
"""The two rows of a rotation, which have one name."""
UNCONFIRMED = Badge("◌", "?", "Unconfirmed", "expiring")
OVER_LIMIT = Badge("▦", "^", "Over limit", "expiring")
"""Works, and a limit refused some of its requests lately."""
NOT_STARTED = Badge("▷", ">", "Not started", "rotating")
"""Works from a later instant on."""
FOREIGN = Badge("◇", "+", "Foreign", "active")
"""Works, and was hashed by another system: nobody has used it since it was brought along."""
OBSERVING = Badge("◎", "~", "Observing", "active")
"""Works; something is counted that would refuse requests."""
LIMITED = Badge("▤", "-", "Limited", "active")
"""Works, so often and no more, with all of its chain."""
ROTATION_DUE = Badge("◑", "%", "To rotate", "expiring")
EXPIRED = Badge("○", "o", "Expired", "expired")
REVOKED = Badge("✕", "x", "Revoked", "revoked")

SIXTEEN = {
    "active": "green",
    "expiring": "yellow",
    "rotating": "bright_blue",
    "expired": "default",
    "revoked": "red",
}
"""Each tone where a terminal has sixteen colours, by its name there."""

_STILL_USED = {
    State.EXPIRED: Badge("○", "o", "Still tried", "expiring"),
    State.REVOKED: Badge("✕", "x", "Still tried", "expiring"),
}
"""Dead, as the glyph says, and presented all the same."""

_BY_NOTE = {
    Note.STOPPED: STOPPED,
    Note.LEAKED: LEAKED,
    Note.NOT_STARTED: NOT_STARTED,
    Note.ROTATING: ROTATING,
    Note.EXPIRING: EXPIRING,
    Note.UNCONFIRMED: UNCONFIRMED,
    Note.OVER_LIMIT: OVER_LIMIT,
    Note.ROTATION_DUE: ROTATION_DUE,
    Note.FOREIGN: FOREIGN,
    Note.OBSERVING: OBSERVING,
    Note.LIMITED: LIMITED,
}

BESIDE_THE_BADGE = (
    Note.ROTATION_DUE,
    *(note for note in Note if note not in _BY_NOTE and note is not Note.STILL_USED),
)
"""What words say beside a badge of something else: also whatever has no badge of its own."""


def badge(key: Key, now: int) -> Badge:
    """Return how a key looks at an instant: its state, or the most pressing note on it."""
    state, notes = key.state(now), key.notes(now)
    if state is not State.ACTIVE:
        dead = REVOKED if state is State.REVOKED else EXPIRED
        return _STILL_USED[state] if Note.STILL_USED in notes else dead
    # Taking over, but perhaps in nobody's hands: that is to be seen first.
    lost = key.reached_nobody and key.successor is None and key.predecessor is not None
    if lost and notes[0] is Note.ROTATING:
        return UNCONFIRMED
    for note in notes:
        if note is Note.ROTATING:
            return _ROTATING_OLD if key.successor is not None else _ROTATING_NEW
        if note in _BY_NOTE:
            return _BY_NOTE[note]
    return ACTIVE
