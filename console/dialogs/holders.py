"""Who may know a key's secret, and whom else to name."""

from collections.abc import Iterable, Sequence

from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.keys import Key

MEANS = (
    "A holder is told of in an incident, is asked about when they leave, and will hold the key "
    "that replaces this one. Nobody is taken off, since what is known stays known: "
    "keydeck keys rotate --holder says who is to hold the new secret."
)


class HoldersDialog(FieldsDialog[tuple[str, ...] | None]):
    """Shows the holders, and asks for e-mails. Checked by the store."""

    def __init__(
        self,
        key: Key,
        holders: Sequence[tuple[str, str]],
        people: Sequence[str],
        initial: tuple[str, ...] | None = None,
        error: str | None = None,
        *,
        ascii_only: bool,
    ) -> None:
        """`holders` are e-mails, each with how they know; `people` are those that can be named.

        `initial` is the answer that was refused with `error`.
        """
        super().__init__(ascii_only=ascii_only)
        self._key = key
        self._holders = holders
        self._people = people
        self._initial = " ".join(initial or ())
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return who holds it, and the field."""
        known = [safe(f"{email} ({how})") for email, how in self._holders] or ["nobody known"]
        yield row("Held by", Static("\n".join(known), classes="means", markup=False))
        field = Field(self._initial, placeholder="e-mail of another holder", id="holders")
        field.suggester = SuggestFromList([safe(email) for email in self._people])
        yield row("Name", field, "gap")
        yield Static(MEANS, classes="means gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Name", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head(f"Who holds “{safe(self._key.name)}”")
        self.hint(Hint("enter", "Name", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one(Field).focus()

    def action_go(self) -> None:
        """Answer with the e-mails."""
        emails = tuple(self.query_one(Field).value.replace(",", " ").split())
        if emails:
            self.dismiss(emails)
        else:
            self.wrong("Type the e-mail of whoever is to be named, or esc.")
