"""What there is to know of a key at an instant, before it is said what to do next. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.domain.key_string import shown
from store.domain.keys import Key, Note, State
from store.domain.times import DAY
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict

if TYPE_CHECKING:
    from store.service.keys import Details

QUIET = DAY
"""A key that is being replaced and was not used for this long can go."""
RECENT = DAY
"""A refusal within this time is somebody waiting for an answer."""
UNUSED_AFTER = 14 * DAY
"""A key that nobody has used for this long may not be needed."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A key at an instant, as the rows of `ADVICE` ask about it."""

    details: "Details"
    now: int
    prefix: str
    """That keys of the store begin with."""

    @property
    def key(self) -> Key:
        """The key."""
        return self.details.key

    @property
    def ended(self) -> bool:
        """Whether it is expired or revoked."""
        return self.key.state(self.now) is not State.ACTIVE

    @property
    def unused(self) -> bool:
        """Whether nobody has used it for so long that it may not be needed."""
        return self.now - (self.key.last_used_at or self.key.created_at) >= UNUSED_AFTER

    @property
    def in_use(self) -> bool:
        """Whether it was used so lately that whoever uses it still does."""
        used = self.key.last_used_at
        return used is not None and self.now - used < QUIET

    @property
    def older(self) -> bool:
        """Whether it is being replaced."""
        return self.key.rotating and self.key.successor is not None

    @property
    def newer(self) -> bool:
        """Whether it is replacing another."""
        return self.key.rotating and self.key.predecessor is not None

    @property
    def replaced_by(self) -> str:
        """How its successor's id begins."""
        return shown(self.prefix, self.key.successor or "")

    @property
    def replaces(self) -> str:
        """How its predecessor's id begins."""
        return shown(self.prefix, self.key.predecessor or "")

    def has(self, note: Note) -> bool:
        """Return whether the key has a note."""
        return note in self.key.notes(self.now)

    def refused(self, *verdicts: Verdict) -> list[Refusal]:
        """Return whom it was refused lately with one of some verdicts, the last one first."""
        recent = (
            refusal for refusal in self.details.usage.refusals if self.now - refusal.at < RECENT
        )
        return [refusal for refusal in recent if refusal.verdict in verdicts]

    def still_presented(self) -> list[Refusal]:
        """Return who presented it lately although it has ended, the last one first."""
        return self.refused(Verdict.REVOKED, Verdict.EXPIRED) if self.ended else []
