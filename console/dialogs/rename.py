"""What a key is to be called."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.keys import Key
from store.domain.names import MAX_LENGTH

MEANS = (
    "You will have to recognise it in an incident. The name of before is free again; the history "
    "of the key, the audit and w go on telling it."
)


class RenameDialog(FieldsDialog[str | None]):
    """Asks for a name. Checked by the store."""

    def __init__(
        self, key: Key, initial: str | None = None, error: str | None = None, *, ascii_only: bool
    ) -> None:
        """`initial` is the answer that was refused with `error`."""
        super().__init__(ascii_only=ascii_only)
        self._key = key
        self._initial = key.name if initial is None else initial
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field, and what becomes of the old name."""
        yield row("Name", Field(self._initial, max_length=MAX_LENGTH, id="name"))
        yield Static(MEANS, classes="means gap", markup=False)
        if self._key.rotating:
            both = "It is in a rotation: both keys get the name."
            yield Static(both, classes="caution gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Rename", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the name."""
        super().on_mount()
        self.head(f"Rename “{safe(self._key.name)}”")
        self.hint(Hint("enter", "Rename", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one(Field).focus()

    def action_go(self) -> None:
        """Answer, where it is another name."""
        name = self.query_one(Field).value.strip()
        if name == self._key.name:
            self.wrong("That is its name already. Give it another one, or esc.")
        else:
            self.dismiss(name)
