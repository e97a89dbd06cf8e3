"""The Activity tab: the workspace's audit, newest first."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.tabs.searched_tab import SearchedTab
from console.text import audit_words
from console.text.action_words import words_of
from console.text.pasted import words
from console.text.safe import safe
from console.widgets.field import SearchField
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.audit.entry import AuditEntry
from store.domain.times import DAY

PAGE = 200
_COLUMNS = (
    ListColumn("When (UTC)", 17),
    ListColumn("Who", 14),
    ListColumn("Did", 22),
    ListColumn("To"),
    ListColumn("With", None, 110, share=2),
)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was read: an audit only grows, so it is never read twice."""

    text: str
    """What was sought."""
    sign_ins: bool
    """Whether those who came in are among them."""
    latest: int
    """The newest entry of the workspace, sought or not."""
    entries: tuple[AuditEntry, ...]
    ended: bool
    """Whether there are none further down."""
    day: int
    """The day the rows were written for: today's entries show their time."""


class ActivityTab(SearchedTab):
    """Reads a page at a time, more as one goes down; what is new comes in at the top."""

    BINDINGS = [  # noqa: RUF012
        *SearchedTab.BINDINGS,
        Binding("s", "sign_ins", "Sign-ins", show=False),
    ]

    class Opened(Message):
        """An entry was asked for in full."""

        def __init__(self, entry: AuditEntry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._text = ""
        self._sign_ins = False
        self._further = False
        self._held: _Held | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        with Horizontal(classes="filter-line"):
            yield SearchField(
                self._store.prefix,
                placeholder="/ filter: a name, a person, revoked",
                id="activity-filter",
            )
        yield Static("", id="activity-help", markup=False)
        yield Static("", classes="why-not", markup=False)
        yield Static("", classes="nothing", markup=False)
        yield RowList(_COLUMNS, ascii_only=self._ascii, follow_top=True)

    def read(self) -> Callable[[], None] | None:
        """Read what is new, and the next page where the last rows are close."""
        held, text, further = self._held, self._text, self._further
        sign_ins = self._sign_ins
        self._further = False
        latest = self._store.audit_trail.latest(self._actor)
        now = self._store.clock.now()
        # A restored store may end before what was read of the one it replaced.
        asked = (text, sign_ins)
        if held is None or (held.text, held.sign_ins) != asked or latest < held.latest:
            entries = self._entries(*asked, before=latest + 1)
            found = _Held(*asked, latest, tuple(entries), len(entries) < PAGE, now // DAY)
        elif latest > held.latest or further or now // DAY != held.day:
            found = self._more(held, latest, now, further=further)
        else:
            return None
        rows = tuple(_row(entry, now) for entry in found.entries)
        return lambda: self._draw(found, rows)

    def _more(self, held: _Held, latest: int, now: int, *, further: bool) -> _Held:
        new, older, ended = [], [], held.ended
        asked = (held.text, held.sign_ins)
        if latest > held.latest:
            new = self._entries(
                *asked, before=latest + 1, after=held.latest, limit=latest - held.latest
            )
        if further and not ended:
            older = self._entries(*asked, before=held.entries[-1].seq)
            ended = len(older) < PAGE
        return _Held(*asked, latest, (*new, *held.entries, *older), ended, now // DAY)

    def _entries(
        self,
        text: str,
        sign_ins: bool,
        *,
        before: int,
        after: int | None = None,
        limit: int = PAGE,
    ) -> list[AuditEntry]:
        sought = [audit_words.sought(word) for word in words(text, self._store.prefix)]
        return self._store.audit_trail.newest(
            self._actor,
            limit=limit,
            before=before,
            after=after,
            sought=sought,
            sign_ins=sign_ins,
        )

    def _draw(self, found: _Held, rows: tuple[Row, ...]) -> None:
        held = self._held
        anew = held is None or (held.text, held.sign_ins) != (found.text, found.sign_ins)
        self._held = found
        self.refuse(None)
        self.query_one(RowList).show(rows, anew=anew)
        nothing = self.query_one(".nothing", Static)
        nothing.display = not rows
        nothing.update(f"No entry matches “{safe(found.text)}”. Esc clears the filter.")

    def action_sign_ins(self) -> None:
        """List those who came in too, or leave them out again."""
        self._sign_ins = not self._sign_ins
        self.look_again()

    @on(RowList.NearEnd)
    def _read_further(self) -> None:
        if self._held is not None and not self._held.ended:
            self._further = True
            self._wake.set()

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        for entry in self._held.entries if self._held else ():
            if str(entry.seq) == event.row_id:
                self.post_message(self.Opened(entry))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._text, foreign = audit_words.words_alone(event.value)
        sentence = f"“{foreign}” is for keys, and left out. Here any word finds: alice, revoked."
        self.query_one("#activity-help", Static).update(Content(safe(sentence) if foreign else ""))
        self.look_again()


def _row(entry: AuditEntry, now: int) -> Row:
    details = ", ".join(f"{name} {value}" for name, value in audit_words.told(entry.details))
    return Row(
        str(entry.seq),
        (
            audit_words.when(entry.at, now),
            audit_words.who(entry),
            audit_words.did(entry),
            audit_words.to_whom(entry),
            details,
        ),
        tone="revoked" if words_of(entry.action).grave else "quiet",
    )
