"""How often a key is used."""

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
from store.domain.limits import to_stored

HOW = (
    "Requests in a time, with blanks between, such as 100/1m 1000/1h 50000/month; empty is as "
    "often as it likes. What is more is refused, with 429 and when to come again; 100/1m? only "
    "counts it, also beside one that holds, so that you see who it would hit. A successor shares "
    "what is left."
)


class LimitsDialog(FieldsDialog[str | None]):
    """Asks for limits; what they would have refused is asked about next."""

    def __init__(
        self,
        key: Key,
        used: str,
        initial: str | None = None,
        error: str | None = None,
        *,
        ascii_only: bool,
    ) -> None:
        """`used` says what is used of those there are; `initial` was refused with `error`."""
        super().__init__(ascii_only=ascii_only)
        self._key = key
        self._used = used
        self._initial = (to_stored(key.limits) or "") if initial is None else initial
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field."""
        yield row("At most", Field(self._initial, placeholder="100/1m 50000/month", id="limits"))
        yield Static(HOW, classes="means gap", markup=False)
        if self._used:
            yield Static(safe(self._used), classes="means gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Set", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head(f"How often “{safe(self._key.name)}” is used")
        self.hint(Hint("enter", "Set", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one(Field).focus()

    def action_go(self) -> None:
        """Answer."""
        self.dismiss(self.query_one(Field).value.strip())
