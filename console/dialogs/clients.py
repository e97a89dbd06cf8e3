"""The assistants that may ask by an address of theirs, and a field for one more."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.client_addresses import LONGEST
from store.service.client_documents import KnownClient

_WHY = (
    "Where an assistant's page says that it is not known here, type the address it names. Asking "
    "is not yet being connected. keydeck connections clients remove takes one away."
)


class ClientsDialog(FieldsDialog[str | None]):
    """Asks for the address of an assistant; below it are those that are known."""

    def __init__(
        self,
        known: Sequence[KnownClient],
        typed: str = "",
        error: str | None = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        """Ask anew, or again: `error` says why nothing came of the address that was typed."""
        super().__init__(ascii_only=ascii_only)
        self._known = known
        self._typed = typed
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field and the list."""
        place = "https://example.com/client.json"
        yield row("Add", Field(self._typed, placeholder=place, max_length=LONGEST, id="address"))
        yield row("", Static(_WHY, classes="why", markup=False))
        yield Static(Content("\n").join(_listed(self._known)), classes="gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Fetch", "go", primary=True), button("Close", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head("Known assistants")
        self.hint(Hint("enter", "Fetch", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#address").focus()

    def action_go(self) -> None:
        """Answer."""
        address = self.query_one("#address", Field).value.strip()
        if address:
            self.dismiss(address)
        else:
            self.wrong("Type the address that the assistant's page names, or close this.")


def _listed(known: Sequence[KnownClient]) -> Iterable[Content]:
    """Yield those that were added here with who did, then those that come with keydeck."""
    for one in known:
        if one.added_by:
            by = Content.styled(f"  added by {safe(one.added_by)}", "$dim")
            yield Content.assemble(safe(one.client.id), by)
    yield Content.styled("These come with keydeck:", "$dim")
    yield from (Content(safe(one.client.id)) for one in known if not one.added_by)
