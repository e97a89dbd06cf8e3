"""What is said of a key in full, as blocks of text; loaded when the first one is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from console.text import key_words
from console.text.badges import BESIDE_THE_BADGE, badge
from console.text.bars import bars, binned
from console.text.key_fields import facts
from console.text.next_step import next_step
from console.text.safe import safe
from console.text.times import ago, day
from store.domain.audit.entry import AuditEntry
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.scopes import in_words

if TYPE_CHECKING:
    from store.service.keys import Details

_LABEL = 9
_REFUSALS = 5
_INDENT = "  "
_TAG = 8
"""Cells for ` refused` beside a row of bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBlocks:
    """Says everything about one key, in the room there is."""

    prefix: str
    width: int
    ascii_only: bool
    in_pane: bool
    """Whether there is no heading beside it, so that it says the name."""
    read_only: bool
    """Whether the keys of verbs are kept from it."""

    def of(self, details: "Details", now: int) -> Iterable[Content]:
        """Return what is said of a key as seen at an instant, block by block."""
        key = details.key
        yield self._head(key, now)
        step = next_step(details, now, self.prefix)
        if step is not None:
            verb = "" if self.read_only or not step.key else f"{step.key}  "
            yield Content.assemble((verb, "bold $accent"), (safe(step.sentence), "$accent"))
        yield Content(safe(in_words(key.scopes)))
        created = f"{day(key.created_at)} by {key.created_by.partition('@')[0]}"
        yield _pairs(
            *facts(details, now),
            ("Created", created),
            ("Replaces", shown(self.prefix, key.predecessor) if key.predecessor else ""),
            ("Replaced", f"by {shown(self.prefix, key.successor)}" if key.successor else ""),
        )
        yield self._traffic(details, now)
        yield self._scopes(details, now)
        if details.usage.refusals:
            yield self._refusals(details, now)
        yield _lines(
            Content.styled("History", "$dim"),
            *(line for entry in details.history for line in self._event(entry, now)),
        )

    def _head(self, key: Key, now: int) -> Content:
        look = badge(key, now)
        also = [note.value for note in key.notes(now) if note in BESIDE_THE_BADGE]
        state = Content.assemble(
            (look.text(ascii_only=self.ascii_only), f"$state-{look.tone}"),
            (f"  {shown(self.prefix, key.id)}", "$dim"),
            (f"  {', '.join(also)}" if also else "", "$dim"),
        )
        name = [Content.styled(safe(key.name), "bold")] if self.in_pane else []
        return _lines(*name, state)

    def _traffic(self, details: "Details", now: int) -> Content:
        key = details.key
        used = f"last used {ago(key.last_used_at, now)}" if key.last_used_at else "never used"
        if key.last_used_at and details.traffic.last_address:
            used += f" by {details.traffic.last_address}"
        if key.still_used_at is not None:
            # It was let in long ago, and that is not what it is listed for.
            used += f", refused {ago(key.still_used_at, now)}"
        allowed, refused = key_words.last_hour(details, now)
        return _lines(
            *self._graph("Last hour", "min", allowed, refused),
            Content(key_words.hour(details)),
            *self._graph(
                f"Last {len(details.month)} days",
                "d",
                [counts.allowed for counts in details.month],
                [counts.refused for counts in details.month],
            ),
            Content(key_words.month(details)),
            Content.styled(safe(used), "$dim"),
        )

    def _graph(
        self, heading: str, unit: str, allowed: Sequence[int], refused: Sequence[int]
    ) -> Iterable[Content]:
        """Draw what was allowed, and below it, to the same scale, what was refused."""
        width = self.width - _TAG
        rows = (
            (binned(allowed, width), "$state-active", " allowed"),
            (binned(refused, width), "$warning", " refused"),
        )
        each = len(allowed) // len(rows[0][0])
        if any(allowed) or any(refused):
            heading += f", {each} {unit} a bar"
        yield Content.styled(heading, "$dim")
        most = max(max(counts) for counts, _, _ in rows)
        for counts, tone, tag in rows:
            if any(counts):
                drawn = bars(counts, most, ascii_only=self.ascii_only)
                yield Content.assemble((drawn, tone), (tag, "$dim"))

    def _scopes(self, details: "Details", now: int) -> Content:
        uses = key_words.scope_uses(details, now)
        widest = max(len(scope) for scope, _, _ in uses)
        return _lines(
            Content.styled("Scopes", "$dim"),
            *(
                Content.assemble(
                    f"{scope:<{widest}}  ", (words, "$state-expiring" if idle else "$dim")
                )
                for scope, words, idle in uses
            ),
        )

    def _refusals(self, details: "Details", now: int) -> Content:
        refusals = [
            key_words.refusal(refusal, now) for refusal in details.usage.refusals[:_REFUSALS]
        ]
        return _lines(
            Content.styled("Latest refusals", "$dim"),
            *(line for pair in refusals for line in self._pair(*pair)),
        )

    def _event(self, entry: AuditEntry, now: int) -> Iterable[Content]:
        return self._pair(*key_words.event(entry, now))

    def _pair(self, first: str, second: str) -> Iterable[Content]:
        yield Content(safe(first))
        room = self.width - len(_INDENT)
        for line in wrap(safe(second), room, break_on_hyphens=False):
            yield Content.styled(_INDENT + line, "$dim")


def _lines(*lines: Content) -> Content:
    return Content("\n").join(lines)


def _pairs(*pairs: tuple[str, str]) -> Content:
    return _lines(
        *(
            Content.assemble((f"{label:<{_LABEL}}", "$dim"), safe(value))
            for label, value in pairs
            if value
        )
    )
