"""The code of an invitation, to be typed by whoever was given it."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.key_string import Secret


class InvitationCodeDialog(FieldsDialog[Secret | None]):
    """Asks for a code, unseen."""

    def __init__(self, refusal: str | None = None, *, ascii_only: bool) -> None:
        """Ask anew, or again: `refusal` is why the answer was refused."""
        super().__init__(ascii_only=ascii_only)
        self._refusal = refusal

    def body(self) -> Iterable[Widget]:
        """Return the field."""
        yield row("Code", Field(placeholder="from an admin there", password=True, id="code"))
        yield Static(
            "With the one-time code that a workspace gave you, you accept its invitation as who "
            "you are here. Who vouches for you, and as what, is shown before.",
            classes="means gap",
            markup=False,
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Go on", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the code."""
        self.head("Accept an invitation")
        self.hint(Hint("enter", "Go on", "go"), MOVE, BACK)
        self.wrong(self._refusal)
        self.query_one("#code").focus()

    def action_go(self) -> None:
        """Answer with what was typed."""
        code = self.query_one("#code", Field).value.strip()
        if code:
            self.dismiss(Secret(code))
