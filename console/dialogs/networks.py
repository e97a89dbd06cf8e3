"""From where a key is used, and whether others are refused or only counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.safe import safe
from console.widgets.choice_bar import ChoiceBar
from console.widgets.field import Field
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, row
from store.domain.keys import Key

HOW = (
    "Addresses and networks, IPv4 and IPv6, with blanks between; empty is anywhere. Observed, a "
    "request from elsewhere is let in and counted, so that you see who it would hit."
)


@dataclass(frozen=True, slots=True)
class WantedNetworks:
    """What was given. Checked by the store."""

    text: str
    enforced: bool


class NetworksDialog(FieldsDialog[WantedNetworks | None]):
    """Asks for networks; what enforcing them would do is asked about next."""

    def __init__(
        self,
        key: Key,
        seen: str,
        initial: WantedNetworks | None = None,
        error: str | None = None,
        *,
        ascii_only: bool,
    ) -> None:
        """`seen` says who was seen; `initial` is the answer that was refused with `error`."""
        super().__init__(ascii_only=ascii_only)
        now = key.networks
        there = WantedNetworks(" ".join(now.ranges), now.enforced) if now else None
        self._key = key
        self._seen = seen
        self._initial = initial or there or WantedNetworks("", enforced=False)
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the field and the choice."""
        given = self._initial
        placeholder = "203.0.113.0/24 2001:db8::/48"
        yield row("From", Field(given.text, placeholder=placeholder, id="networks"))
        bar = ChoiceBar(("Only count them", "Refuse them"), int(given.enforced), id="how")
        yield row("Others", bar, "gap")
        yield Static(HOW, classes="means gap", markup=False)
        if self._seen:
            yield Static(safe(self._seen), classes="caution gap", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Set", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head(f"From where “{safe(self._key.name)}” is used")
        self.hint(Hint("enter", "Set", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one(Field).focus()

    def action_go(self) -> None:
        """Answer."""
        enforced = self.query_one("#how", ChoiceBar).index == 1
        self.dismiss(WantedNetworks(self.query_one(Field).value.strip(), enforced))
