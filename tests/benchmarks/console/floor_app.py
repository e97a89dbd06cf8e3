"""The floor: what Textual paints with nothing to do. Run by its path: nothing else loads."""

from textual.app import App, ComposeResult
from textual.widgets import Label


class Floor(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """Lay out the label."""
        yield Label("0000000 alpha")


if __name__ == "__main__":
    Floor().run()
