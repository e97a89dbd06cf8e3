"""How much of a terminal is laid out, whatever size it says it has."""

from textual import events
from textual.app import App
from textual.geometry import Size

MOST_COLUMNS = 1000
MOST_LINES = 300
"""More than the largest screens have in the smallest letters."""


class BoundedApp(App[None]):
    """Lays out no more than a screen can have.

    Whoever sits there chooses the size, up to 65,535 each way: that would take gigabytes.
    """

    @property
    def size(self) -> Size:
        """The size that is laid out, which need not be all of the terminal."""
        return bounded(super().size)

    async def on_event(self, event: events.Event) -> None:
        """Bound what the system says of the size, or the terminal, or whoever types for it."""
        if isinstance(event, events.Resize):
            size = bounded(event.size)
            event = events.Resize(size, size, pixel_size=event.pixel_size)
        await super().on_event(event)


def bounded(size: Size) -> Size:
    """Return the part of a terminal's size that is laid out; at least one cell."""
    return Size(max(1, min(size.width, MOST_COLUMNS)), max(1, min(size.height, MOST_LINES)))
