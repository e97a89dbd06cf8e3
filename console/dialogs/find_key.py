"""Which key is to be revoked: for an incident, where only the leaked key is at hand."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import KeyOrNameField
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.key_string import Secret


class FindKeyDialog(FieldsDialog[Secret | None]):
    """Asks for an id, a name or a whole key, which is masked and never kept."""

    def __init__(self, error: str | None = None, *, ascii_only: bool = False) -> None:
        """Ask anew, or again: `error` says why the last answer found nothing."""
        super().__init__(ascii_only=ascii_only)
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field."""
        yield row("Key", KeyOrNameField(placeholder="name, id, or the pasted key", id="reference"))
        yield row(
            "",
            Static(
                "A pasted key is only used to find it. The next step shows it and asks again.",
                classes="why",
                markup=False,
            ),
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Find", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        self.head("Revoke a key")
        self.hint(Hint("enter", "Find", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#reference").focus()

    def action_go(self) -> None:
        """Answer, and forget what was typed."""
        reference = self.query_one("#reference", KeyOrNameField).take()
        if reference.reveal():
            self.dismiss(reference)
        else:
            self.wrong("Type the key's name or id, or paste the key.")
