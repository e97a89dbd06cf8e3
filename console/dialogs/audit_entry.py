"""One entry of the audit in full."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLLING, Dialog
from console.text import audit_words
from console.text.safe import safe
from console.text.times import to_the_millisecond
from console.widgets.hint_bar import Hint
from store.domain.audit.entry import AuditEntry
from store.domain.times import rfc3339


class EntryDialog(Dialog[None]):
    """Shows every column of an entry."""

    BINDINGS = [("q,enter", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(self, entry: AuditEntry, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._entry = entry

    def body(self) -> Iterable[Widget]:
        """Return the columns as names and values."""
        entry = self._entry
        pairs = [
            ("At", f"{rfc3339(entry.at)[:10]} {to_the_millisecond(entry.at)} UTC"),
            ("Who", entry.actor),
            ("Did", audit_words.did(entry)),
            ("To", entry.subject_name),
            ("Id", entry.subject),
            *audit_words.told(entry.details),
            ("Revision", f"{entry.revision:,}"),
        ]
        lines = [
            Content.assemble((f"{name.capitalize():<16}", "$dim"), safe(value))
            for name, value in pairs
            if value
        ]
        yield Static(Content("\n").join(lines))

    def on_mount(self) -> None:
        """Name the entry."""
        self.head(f"Entry {self._entry.seq:,} of the audit")
        self.hint(Hint("esc", "Close", "back"))
