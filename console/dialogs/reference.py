"""Where the API's reference is: a link, and a way to take the address along."""

from collections.abc import Callable, Iterable
from functools import partial

from textual import on
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.outcome import Outcome
from console.dialogs.dialog import MOVE, Dialog
from console.text.outcomes import told
from console.text.safe import safe
from console.widgets.key_bar import Hint
from console.widgets.leaving import in_thread
from console.widgets.parts import button, line
from store.errors import KeydeckError
from store.secrets import Secret

WHAT = "Every address of the API, every schema and error, with examples for curl."


class ReferenceDialog(Dialog[None]):
    """Shows an address, and copies it when asked to: what was copied last may be a key."""

    BINDINGS = [("c", "copy", "Copy"), ("d,q", "back", "Back")]  # noqa: RUF012

    def __init__(
        self, address: str, copy: Callable[[Secret], Outcome], *, ascii_only: bool = False
    ) -> None:
        """`copy` is blocking and runs in a thread."""
        super().__init__(ascii_only=ascii_only)
        self._address = address
        self._copy = copy

    def body(self) -> Iterable[Widget]:
        """Return the link and what became of it."""
        yield Static(WHAT, classes="means", markup=False)
        # OSC 8, which terminals that do not know it show as plain text.
        link = Content.styled(safe(self._address), Style(link=self._address, underline=True))
        yield Static(link, classes="gap", markup=False)
        yield line("outcome", "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two ways on."""
        return (button("Close", "close", primary=True), button("Copy", "copy"))

    def on_mount(self) -> None:
        """Say how it is copied."""
        super().on_mount()
        self.head("Reference")
        self.hint(Hint("c", "Copy", "copy"), MOVE, Hint("esc", "Close", "back"))
        how = Content.styled("c copies the address. Or select it: shift and the mouse.", "$dim")
        self.query_one("#outcome", Static).update(how)
        self.query_one("#close").focus()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the address, in a thread."""
        self.run_worker(self._copying(), group="copy", exclusive=True)

    async def _copying(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(self._address)))
        except (KeydeckError, OSError):
            sentence, tone = "Copying failed. Select it: shift and the mouse.", "$warning"
        else:
            sentence, tone = told(outcome, ascii_only=self.ascii_only)
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
