"""The receipt of a revocation: committed when, in force when, and who is still waited for."""

from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import Dialog
from console.text import in_force_words as words
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, line

if TYPE_CHECKING:
    from console.propagation import Propagation

LOOK_EVERY = 0.1


class InForceDialog(Dialog[None]):
    """Counts up while verifiers are waited for. Leaving it ends nothing."""

    def __init__(self, title: str, propagation: "Propagation", *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._propagation = propagation
        self._timer: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """Return what is known, and what it means."""
        yield line("known")
        yield line("means", "means")

    def actions(self) -> Iterable[Widget]:
        """Return the one button."""
        return (button("Close", "back"),)

    def on_mount(self) -> None:
        """Say what is known, and look again until all is."""
        self.head(self._title, "UTC")
        self.query_one("#back").focus()
        self._draw()
        if self._propagation.receipt is None:
            self._timer = self.set_interval(LOOK_EVERY, self._draw)

    def _begin(self) -> None:
        super()._begin()
        # A second enter on what revoked it would take the receipt away unread.
        self.drawn_at = monotonic()

    def _draw(self) -> None:
        propagation = self._propagation
        receipt, underway = propagation.receipt, propagation.underway
        since = words.committed(propagation.committed_at)
        if receipt is not None:
            known, means = f"{since} · {words.in_force_briefly(receipt)}", words.means(receipt)
            if self._timer is not None:
                self._timer.stop()
        elif underway is not None:
            known, means = f"{since} · {words.so_far(underway)}", words.waiting(underway)
        else:
            known, means = since, ""
        bad = receipt is not None and receipt.in_force_at is None
        self.query_one("#known", Static).update(Content(safe(known)))
        means_line = self.query_one("#means", Static)
        means_line.update(
            Content.styled(safe(means), "$warning" if bad or receipt is None else "$dim")
        )
        means_line.display = bool(means)
        leave = "Close" if receipt is not None else "Close: the rest is said once it is known"
        self.hint(Hint("esc", leave, "back"))

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    def action_go(self) -> None:
        """Leave it."""
        self.action_back()
