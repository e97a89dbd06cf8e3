"""An address to take along: copied when asked to, and what became of that is said."""

from collections.abc import Callable, Iterable
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.outcome import Outcome
from console.dialogs.dialog import Dialog
from console.text.copy_words import told
from console.text.safe import safe
from console.widgets.leaving import in_thread
from console.widgets.parts import button
from store.domain.key_string import Secret
from store.errors import KeydeckError


class AddressDialog(Dialog[None]):
    """A dialog about an address. Its `body` holds a line `outcome`."""

    BINDINGS = [("c", "copy", "Copy")]  # noqa: RUF012

    copies = "Copy"
    """What the button that copies says."""

    def __init__(
        self,
        address: str,
        copy: Callable[[Secret], Outcome],
        note: str | None = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        """`copy` is blocking and runs in a thread; `note` says what is wrong with the address."""
        super().__init__(ascii_only=ascii_only)
        self.address = address
        self.note = note
        self._copy = copy

    def actions(self) -> Iterable[Widget]:
        """Return the two ways on."""
        return (button("Close", "close", primary=True), button(self.copies, "copy"))

    def on_mount(self) -> None:
        """Begin at the way out."""
        self.query_one("#close").focus()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the address, in a thread."""
        self.run_worker(self._copying(), group="copy", exclusive=True)

    async def _copying(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(self.address)))
        except (KeydeckError, OSError):
            self.tell("Copying failed. Select it: shift and the mouse.", "$warning")
        else:
            self.tell(*told(outcome, ascii_only=self.ascii_only))

    def tell(self, sentence: str, tone: str) -> None:
        """Say what became of the address."""
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
