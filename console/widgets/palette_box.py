"""The palette's own screen: a whole key pasted into it is cut down to its id at once."""

from textual.command import CommandInput, CommandPalette
from textual.events import Mount

from console.text.pasted import masked
from console.text.safe import safe
from console.widgets.leaving import MayLeave
from console.widgets.styled_once import StyledOnce


class PaletteBox(MayLeave, StyledOnce, CommandPalette):
    """Textual's palette, with a field that holds no secret and draws no escape sequence."""

    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (96, "-broad")]  # noqa: RUF012

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss()

    def on_mount(self, event: Mount) -> None:
        """Watch what is typed."""
        field = self.query_one(CommandInput)
        prefix = self.app.store.prefix  # type: ignore[attr-defined]

        def cut(value: str) -> str:
            return safe(masked(value, prefix))

        # Reactive values are validated before they are drawn.
        field.validate_value = cut  # type: ignore[attr-defined]
