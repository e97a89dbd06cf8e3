"""A key in full, for the pane beside the table and the dialog over it."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.text import key_words
from console.text.faces import face
from console.text.safe import safe
from console.text.times import ago, day
from store.keys import Key, Note
from store.scopes import in_words, short
from store.secrets import shown
from store.service.keys import Details

_BESIDE_THE_FACE = (Note.ROTATION_DUE, Note.NEVER_USED, Note.IDLE)
_LABEL = 9
_REFUSALS = 5


class KeyDetails(VerticalScroll):
    """Says everything about one key. Not focusable: it follows the table."""

    DEFAULT_CSS = "KeyDetails { height: 1fr; } KeyDetails Static { height: auto; }"

    def __init__(
        self,
        *,
        prefix: str,
        ascii_only: bool,
        named: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`named` says whether the name is shown too, where no heading does."""
        super().__init__(id=id, can_focus=False)
        self._named = named
        self._prefix = prefix
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """Lay out one text, which wraps."""
        yield Static("", markup=False)

    def show(self, details: Details | None, now: int) -> None:
        """Draw a key as seen at an instant, or nothing."""
        text = Content("")
        if details is not None:
            text = Content("\n\n").join(self._blocks(details, now))
        self.query_one(Static).update(text)

    def _blocks(self, details: Details, now: int) -> Iterable[Content]:
        key = details.key
        yield self._head(key, now)
        steps = key_words.next_steps(key, now, self._prefix)
        if steps:
            yield Content("\n").join(Content.styled(safe(one), "$accent") for one in steps)
        yield _lines(
            Content(safe(in_words(key.scopes))),
            Content.styled(safe("  ".join(short(key.scopes))), "$dim"),
        )
        created = f"{day(key.created_at)} by {key.created_by.partition('@')[0]}"
        every = key.rotate_every_days
        yield _pairs(
            ("Expires", key_words.ends(key, now)),
            ("Rotate", f"every {every} d" if every else ""),
            ("Held by", key_words.held_by(details)),
            ("Created", created),
            ("Replaces", shown(self._prefix, key.predecessor) if key.predecessor else ""),
            ("Replaced", f"by {shown(self._prefix, key.successor)}" if key.successor else ""),
        )
        yield self._traffic(details, now)
        yield self._scopes(details, now)
        if details.usage.refusals:
            yield self._refusals(details, now)
        yield _lines(
            Content.styled("History", "$dim"),
            *(Content(safe(key_words.event(entry, now))) for entry in details.history),
        )

    def _head(self, key: Key, now: int) -> Content:
        look = face(key, now)
        also = [note.value for note in key.notes(now) if note in _BESIDE_THE_FACE]
        state = Content.assemble(
            (look.text(ascii_only=self._ascii), f"$state-{look.tone}"),
            (f"  {', '.join(also)}" if also else "", "$dim"),
        )
        dots = ".." if self._ascii else "…"
        id_line = shown(self._prefix, key.id).removesuffix("…") + dots
        name = [Content.styled(safe(key.name), "bold")] if self._named else []
        return _lines(*name, state, Content.styled(id_line, "$dim"))

    def _traffic(self, details: Details, now: int) -> Content:
        key = details.key
        used = f"last used {ago(key.last_used_at, now)}" if key.last_used_at else "never used"
        if key.last_used_at and details.traffic.last_address:
            used += f" by {details.traffic.last_address}"
        width = max(10, min(60, (self.content_size.width or 40) - 1))
        bars = key_words.sparkline(details, now, width, ascii_only=self._ascii)
        refused = key_words.refusals(details)
        return _lines(
            Content.styled("Traffic", "$dim"),
            *([Content.styled(bars, "$state-active")] if bars else []),
            Content(key_words.requests(details)),
            *([Content.styled(f"refused: {refused}", "$warning")] if refused else []),
            *self._month(details, width),
            Content.styled(safe(used), "$dim"),
        )

    def _month(self, details: Details, width: int) -> Iterable[Content]:
        if not any(day.allowed or day.refused for day in details.month):
            return
        bars = key_words.bars([day.allowed for day in details.month], width, ascii_only=self._ascii)
        if bars:
            yield Content.styled(bars, "$dim")
        yield Content(key_words.month(details))

    def _scopes(self, details: Details, now: int) -> Content:
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

    def _refusals(self, details: Details, now: int) -> Content:
        return _lines(
            Content.styled("Latest refusals", "$dim"),
            *(
                Content(safe(key_words.refusal(one, now)))
                for one in details.usage.refusals[:_REFUSALS]
            ),
        )


def _lines(*lines: Content) -> Content:
    return Content("\n").join(lines)


def _pairs(*pairs: tuple[str, str]) -> Content:
    return _lines(
        *(
            Content.assemble((f"{label:<{_LABEL}}", "$dim"), safe(said))
            for label, said in pairs
            if said
        )
    )
