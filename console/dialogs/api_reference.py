"""Where the API's reference is: a link, and a way to take the address along."""

from collections.abc import Iterable

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.address import AddressDialog
from console.dialogs.dialog import MOVE
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.parts import line

WHAT = "Every address of the API, every schema and error, with examples for curl."


class ReferenceDialog(AddressDialog):
    """Shows an address, and copies it when asked to: what was copied last may be a key."""

    BINDINGS = [("d,q", "back", "Back")]  # noqa: RUF012

    def body(self) -> Iterable[Widget]:
        """Return the link and what became of it."""
        yield Static(WHAT, classes="means", markup=False)
        # OSC 8, which terminals that do not know it show as plain text.
        link = Content.styled(safe(self.address), Style(link=self.address, underline=True))
        yield Static(link, classes="gap", markup=False)
        if self.note is not None:
            yield Static(Content.styled(safe(self.note), "$warning"), classes="means")
        yield line("outcome", "gap")

    def on_mount(self) -> None:
        """Say how it is copied."""
        self.head("Reference")
        self.hint(Hint("c", "Copy", "copy"), MOVE, Hint("esc", "Close", "back"))
        self.tell("c copies the address. Or select it: shift and the mouse.", "$dim")
