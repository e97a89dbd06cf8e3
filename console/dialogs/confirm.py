"""One question with a yes that says what it does."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, lines


class ConfirmDialog(Dialog[bool]):
    """Cancel has the focus."""

    def __init__(self, title: str, *sentences: str, verb: str, ascii_only: bool) -> None:
        """Ask whether to do what `verb` names."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._sentences = sentences
        self._verb = verb

    def body(self) -> Iterable[Widget]:
        """Return what it means."""
        yield Static(lines(*self._sentences), classes="means")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button(self._verb, "go")

    def on_mount(self) -> None:
        """Begin at Cancel."""
        self.head(self._title)
        self.hint(Hint("enter", "Choose", "press"), MOVE, BACK)
        self.query_one("#back").focus()

    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(False)
