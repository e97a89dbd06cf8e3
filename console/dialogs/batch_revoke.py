"""Revoking several keys: their names, how many are in use, and a word to type."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.dialogs.revoke import RevokeRequest
from console.text.batches import in_use, listed_names, titled
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.key_bar import Hint
from console.widgets.parts import button, row
from store.keys import Key


class BatchRevokeDialog(Dialog[RevokeRequest | None]):
    """Asks for the number of keys in words that nobody types by accident."""

    def __init__(
        self, keys: Sequence[Key], now: int, *, note: str = "", ascii_only: bool = False
    ) -> None:
        """Ask about `keys`; `note` says what is left out."""
        super().__init__(ascii_only=ascii_only)
        self._keys = keys
        self._now = now
        self._note = note
        self._wanted = f"revoke {len(keys)}"

    def body(self) -> Iterable[Widget]:
        """Return the names, the warning, the two fields."""
        names = Static(safe(listed_names(self._keys)), classes="means", markup=False)
        yield row("Keys", names)
        used = in_use(self._keys, self._now)
        tone = "$dim" if used.startswith("None") else "$warning"
        yield row("In use", Static(Content.styled(safe(used), tone), classes="means"))
        if self._note:
            yield row("Note", Static(safe(self._note), classes="means", markup=False))
        yield Static(
            "Every request with them is refused from the moment each is committed. It cannot be "
            "undone.",
            classes="caution gap",
            markup=False,
        )
        yield row("Confirm", Field(placeholder=f"type {self._wanted}", id="confirm"), "gap")
        yield row("Reason", Field(placeholder="optional, for the audit", id="reason"))

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button("Revoke", "go")

    def on_mount(self) -> None:
        """Begin where the words are typed: enter on Cancel would leave unseen."""
        self.head(titled("Revoke", self._keys))
        typed = Hint("type", f"{self._wanted}, then", "app.focus_next")
        self.hint(typed, Hint("enter", "Revoke", "go"), MOVE, BACK)
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Answer, once the words are right."""
        field = self.query_one("#confirm", Field)
        if " ".join(field.value.lower().split()) != self._wanted:
            self.wrong(f"Type “{self._wanted}” to revoke them.")
            field.focus()
            return
        self.dismiss(RevokeRequest(self.query_one("#reason", Field).value.strip() or None))
