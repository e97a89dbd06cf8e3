"""Another password, asked for twice, with the one of now."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.widgets.field import SecretField
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.key_string import Secret

MEANS = (
    "It opens every workspace that the old one opened, and ends what keydeck login began. "
    "Eight characters at least; nothing else is asked of it."
)
_FIELDS = ("present", "chosen", "again")


@dataclass(frozen=True, slots=True)
class Passwords:
    """What was typed. Checked by the store."""

    present: Secret
    chosen: Secret


class OwnPasswordDialog(FieldsDialog[Passwords | None]):
    """Asks for three passwords, unseen; nothing of them is kept by the dialog."""

    def __init__(self, refusal: str | None = None, *, ascii_only: bool) -> None:
        """Ask anew, or again: `refusal` is why the answer was refused."""
        super().__init__(ascii_only=ascii_only)
        self._refusal = refusal

    def body(self) -> Iterable[Widget]:
        """Return the fields."""
        for name, label in zip(_FIELDS, ("Now", "New", "Once more"), strict=True):
            yield row(label, SecretField(password=True, id=name))
        yield Static(MEANS, classes="means gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Change", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the password of now."""
        super().on_mount()
        self.head("Your password")
        self.hint(Hint("enter", "Change", "go"), MOVE, BACK)
        self.wrong(self._refusal)
        self.query_one("#present").focus()

    def action_go(self) -> None:
        """Go on to the first field that is empty; answer where none is, and both are one."""
        fields = [self.query_one(f"#{name}", SecretField) for name in _FIELDS]
        for field in fields:
            if not field.value:
                field.focus()
                return
        # As it was typed: a password may begin or end with a blank.
        present, chosen, again = (Secret(field.value) for field in fields)
        if chosen.reveal() != again.reveal():
            for field in fields[1:]:
                field.clear()
            self.wrong("The two passwords differ. Type the new one again, twice.")
            fields[1].focus()
            return
        for field in fields:
            field.clear()
        self.dismiss(Passwords(present, chosen))
