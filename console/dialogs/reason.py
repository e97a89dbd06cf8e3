"""Asking why."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, lines, row


class ReasonDialog(FieldsDialog[str | None]):
    """Asks for a reason, and takes none for no answer."""

    def __init__(self, title: str, *sentences: str, verb: str, ascii_only: bool) -> None:
        """Ask why what `verb` names is to be done."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._sentences = sentences
        self._verb = verb

    def body(self) -> Iterable[Widget]:
        """Return what it means, and the field."""
        yield Static(lines(*self._sentences), classes="means")
        yield row("Reason", Field(placeholder="for the record", id="reason"), "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button(self._verb, "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head(self._title)
        self.hint(Hint("enter", self._verb, "go"), MOVE, BACK)
        self.query_one("#reason").focus()

    def action_go(self) -> None:
        """Answer, once there is a reason."""
        reason = self.query_one("#reason", Field).value.strip()
        if reason:
            self.dismiss(reason)
        else:
            self.wrong("Say why: it is part of the record.")
            self.query_one("#reason").focus()
