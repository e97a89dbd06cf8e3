"""A small App that opens one dialog over a screen full of text, and keeps its answer."""

from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from console.theme import ANSI_STATES, DARK

STYLES = Path(__file__).parents[2] / "console" / "styles"
UNANSWERED = object()


class DialogHost(App[None]):
    """Opens a dialog at once. `answer` is what it was dismissed with."""

    CSS_PATH = [STYLES / name for name in ("global.tcss", "workspace.tcss", "dialogs.tcss")]  # noqa: RUF012

    def __init__(self, dialog: Screen[Any], *, colours: bool = True) -> None:
        super().__init__()
        self._dialog = dialog
        self._colours = colours
        self.answer: Any = UNANSWERED
        self.copied: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the state colours for themes that lack them."""
        return ANSI_STATES

    def compose(self) -> ComposeResult:
        """Lay out a screen to cover."""
        lines = (
            f" {row:02d} what lies beneath the dialog, to its very edge " * 4 for row in range(60)
        )
        yield Static("\n".join(lines), markup=False)

    def on_mount(self) -> None:
        """Open the dialog."""
        self.register_theme(DARK)
        self.theme = DARK.name if self._colours else "ansi-dark"
        self.push_screen(self._dialog, self._answered)

    def copy_to_clipboard(self, text: str) -> None:
        """Remember what Textual would have copied."""
        self.copied.append(text)
        super().copy_to_clipboard(text)

    def _answered(self, answer: Any) -> None:
        self.answer = answer
