"""The code that an assistant's page shows. It is asked for; no request ever shows up by itself."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row


class ShortCodeDialog(FieldsDialog[str | None]):
    """Asks for a code of eight letters."""

    def __init__(self, error: str | None = None, *, ascii_only: bool = False) -> None:
        """Ask anew, or again: `error` says why the last answer found nothing."""
        super().__init__(ascii_only=ascii_only)
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field."""
        yield row("Code", Field(placeholder="BCDF-GHJK", max_length=20, id="code"))
        yield row(
            "",
            Static(
                "The page that your assistant opened shows it. Type none that somebody sent you: "
                "whoever sends one wants to be let in by you.",
                classes="why",
                markup=False,
            ),
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Find", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head("Approve a connection")
        self.hint(Hint("enter", "Find", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#code").focus()

    def action_go(self) -> None:
        """Answer."""
        code = self.query_one("#code", Field).value.strip()
        if code:
            self.dismiss(code)
        else:
            self.wrong("Type the eight letters of the page.")
