"""A question that is answered by typing something: for what cuts somebody off."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual.widget import Widget

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row

T = TypeVar("T")


class TypedDialog(FieldsDialog[T], Generic[T]):
    """Enter alone, pressed twice by accident, does nothing."""

    verb = "Revoke"
    """What is done, as the button says it."""
    what = "the name"
    """What is typed, as the keys at the bottom say it."""

    def confirm(self, wanted: str) -> Widget:
        """Return the field for it, with its label; `wanted` is made safe already."""
        return row("Confirm", Field(placeholder=f"type {wanted}", id="confirm"), "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button(self.verb, "go")

    def on_mount(self) -> None:
        """Begin where it is typed: enter on Cancel would leave unseen."""
        typed = Hint("type", f"{self.what}, then", "app.focus_next")
        self.hint(typed, Hint("enter", self.verb, "go"), MOVE, BACK)
        self.query_one("#confirm").focus()

    def action_go(self) -> None:
        """Answer, once what is typed is right."""
        field = self.query_one("#confirm", Field)
        typed = field.value.strip()
        if self.fits(typed):
            self.dismiss(self.answer())
            return
        wanted = self.what_to_type()
        self.wrong(f"That is not it. {wanted}" if typed else wanted)
        field.focus()

    def fits(self, typed: str) -> bool:
        """Return whether the right thing was typed."""
        raise NotImplementedError

    def what_to_type(self) -> str:
        """Return the sentence that says what to type."""
        raise NotImplementedError

    def answer(self) -> T:
        """Return what the dialog is left with."""
        raise NotImplementedError
