"""The palette's own screen: a whole key pasted into it is cut down to its id at once."""

from typing import Any

from textual import on
from textual.command import CommandInput, CommandList, CommandPalette
from textual.events import Event, Key, Mount
from textual.widgets import Input
from textual.worker import Worker

from console.text.pasted import masked
from console.text.safe import safe
from console.widgets.leaving import MayLeave, still
from console.widgets.styled_once import StyledOnce

CHOOSING = frozenset({"enter", "up", "down", "pageup", "pagedown"})
"""Keys that mean what is found."""


class PaletteBox(MayLeave, StyledOnce, CommandPalette):
    """Textual's palette, with a field that holds no secret and draws no escape sequence."""

    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (96, "-broad")]  # noqa: RUF012

    busy = False
    """Whether something was chosen: what is typed then is for what that opens."""

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss()

    def run_worker(self, work: Any, *args: Any, **kwargs: Any) -> Worker[Any]:
        """Search, for as long as there is something to draw on.

        Textual does not ask: closed in the middle of a search, or with the console, it failed.
        """

        async def search() -> None:
            await still(self, work())

        return super().run_worker(search, *args, **kwargs)

    def holds(self, event: Event) -> bool:
        """Return whether a key has to wait: until what was typed is found, it means another list.

        Textual leaves what it found before on the screen meanwhile, and enter would do that.
        """
        if not isinstance(event, Key) or event.key not in CHOOSING:
            return False
        searches = (one for one in self.workers if one.node is self)
        return any(not one.is_finished for one in searches)

    @on(Input.Submitted)
    def choose(self) -> None:
        """Take no more keys, if there is something to choose."""
        self.busy = self.query_one(CommandList).highlighted is not None

    def on_mount(self, event: Mount) -> None:
        """Watch what is typed."""
        field = self.query_one(CommandInput)
        prefix = self.app.store.prefix  # type: ignore[attr-defined]

        def cut(value: str) -> str:
            return safe(masked(value, prefix))

        # Reactive values are validated before they are drawn.
        field.validate_value = cut  # type: ignore[attr-defined]
