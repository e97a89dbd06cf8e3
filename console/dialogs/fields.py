"""A dialog with fields: enter in any of them goes on, as its button does."""

from typing import Generic, TypeVar

from textual import on
from textual.widgets import Button, Input

from console.dialogs.dialog import Dialog

T = TypeVar("T")


class FieldsDialog(Dialog[T], Generic[T]):
    """Its buttons are `back` and `go`."""

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_go()
