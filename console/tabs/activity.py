"""The Activity tab: the workspace's audit, newest first."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from console.tabs.following import FollowingTab
from console.text import audit_words
from console.widgets.field import Field
from console.widgets.row_list import Part, Row, RowList
from store.audit import AuditEntry

PAGE = 200
_PARTS = (
    Part("When (UTC)", 17),
    Part("Who", 14),
    Part("Did", 22),
    Part("To"),
    Part("With", None, 110),
)


class ActivityTab(FollowingTab):
    """Reads a page at a time, more as one goes down; what is new comes in at the top."""

    BINDINGS = [  # noqa: RUF012
        Binding("slash", "filter", "Filter", show=False),
        Binding("escape", "clear", "Clear", show=False),
    ]

    class Opened(Message):
        """An entry was asked for in full."""

        def __init__(self, entry: AuditEntry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._text = ""
        self._wanted = PAGE
        self._entries: dict[str, AuditEntry] = {}

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        with Horizontal(classes="filter-line"):
            yield Field(placeholder="/ filter: a name, a person, revoked", id="activity-filter")
        yield Static("", classes="why-not", markup=False)
        yield RowList(_PARTS, ascii_only=self._ascii)

    def read(self) -> Callable[[], None]:
        """Read the newest entries, as many as were asked for."""
        found = self._store.trail.newest(self._actor, limit=self._wanted, text=self._text)
        now = self._store.clock.now()
        return lambda: self._draw(found, now)

    def _draw(self, found: list[AuditEntry], now: int) -> None:
        self._entries = {str(entry.seq): entry for entry in found}
        self.query_one(RowList).show(
            [
                Row(
                    str(entry.seq),
                    (
                        audit_words.when(entry.at, now),
                        audit_words.who(entry),
                        audit_words.did(entry),
                        audit_words.to_whom(entry),
                        ", ".join(
                            f"{name} {value}" for name, value in audit_words.told(entry.details)
                        ),
                    ),
                    tone="revoked" if entry.action in audit_words.GRAVE else "quiet",
                )
                for entry in found
            ]
        )

    @on(RowList.NearEnd)
    def _read_more(self) -> None:
        if len(self._entries) == self._wanted:
            self._wanted += PAGE
            self.look_again()

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        self.post_message(self.Opened(self._entries[event.row_id]))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._text, self._wanted = event.value.strip(), PAGE
        self.look_again()

    def on_mount(self) -> None:
        """Take the focus only when asked to."""
        self.query_one(Field).can_focus = False

    def action_filter(self) -> None:
        """Type words that an entry must hold."""
        field = self.query_one(Field)
        field.can_focus = True
        field.focus()

    def action_clear(self) -> None:
        """Show every entry again."""
        field = self.query_one(Field)
        field.value = ""
        field.can_focus = False
        self.query_one(RowList).focus()
