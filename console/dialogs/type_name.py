"""A question that is answered by typing a key's name: for what cuts somebody off."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.key_bar import Hint
from console.widgets.parts import button, lines, row
from store.names import fold


class TypeNameDialog(Dialog[bool]):
    """Asks for the name: enter alone, pressed twice by accident, does nothing."""

    def __init__(
        self, title: str, name: str, *sentences: str, caution: str, verb: str, ascii_only: bool
    ) -> None:
        """Say `sentences` and what is at stake; `verb` names what is done."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._wanted = name
        self._sentences = sentences
        self._caution = caution
        self._verb = verb

    def body(self) -> Iterable[Widget]:
        """Return what it means, the warning, the field."""
        yield Static(lines(*self._sentences), classes="means")
        yield Static(safe(self._caution), classes="caution gap", markup=False)
        yield row("Confirm", Field(placeholder=f"type {safe(self._wanted)}", id="confirm"), "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button(self._verb, "go")

    def on_mount(self) -> None:
        """Begin where the name is typed: enter on Cancel would leave unseen."""
        self.head(self._title)
        typed = Hint("type", "the name, then", "app.focus_next")
        self.hint(typed, Hint("enter", self._verb, "go"), MOVE, BACK)
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_go()

    def action_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(False)

    def action_go(self) -> None:
        """Answer, once the name is right."""
        field = self.query_one("#confirm", Field)
        if fold(field.value.strip()) != fold(self._wanted):
            self.wrong(f"Type “{self._wanted}” to do it all the same.")
            field.focus()
            return
        self.dismiss(True)
