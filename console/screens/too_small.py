"""Below 60 by 15 nothing can be shown honestly, so nothing is, and no key does anything."""

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST_WIDTH = 60
LEAST_HEIGHT = 15


class TooSmallScreen(ModalScreen[None]):
    """Says how large the terminal must be, and swallows keys meanwhile."""

    def compose(self) -> ComposeResult:
        """Lay out the sentence."""
        yield Static(
            f"Make this terminal at least {LEAST_WIDTH} by {LEAST_HEIGHT}.\n"
            "Nothing is lost: it goes on where it was.",
            markup=False,
        )

    def on_key(self, event: events.Key) -> None:
        """Let no key through to what cannot be seen."""
        event.stop()
        event.prevent_default()
