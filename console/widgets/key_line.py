"""The one line on which a full key is ever drawn."""

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from store.domain.key_string import Secret


class KeyLine(Widget):
    """A key on a row of its own, drawn only while it is held; wrapped where it does not fit.

    It draws its own strip so that the key passes through no measuring or markup cache.
    """

    DEFAULT_CSS = "KeyLine { height: auto; width: 1fr; }"
    COMPONENT_CLASSES = {"key-line--key"}  # noqa: RUF012
    ALLOW_SELECT = False

    def __init__(self, secret: Secret) -> None:
        super().__init__()
        self._secret: Secret | None = secret
        self.length = len(secret.reveal())

    @property
    def wraps(self) -> bool:
        """Whether the key takes more than one row here."""
        return 0 < self.size.width < self.length

    def forget(self) -> None:
        """Draw the key no longer, and let go of it."""
        self._secret = None
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows the key needs."""
        return -(-self.length // max(1, width))

    def render_line(self, y: int) -> Strip:
        """Draw a row of the key, and nothing else on it."""
        width = self.size.width
        if self._secret is None or width == 0:
            return Strip.blank(width, self.rich_style)
        style = self.rich_style + self.get_component_rich_style("key-line--key", partial=True)
        start = y * width
        length = max(0, min(width, self.length - start))
        # Base62 is one cell a character.
        part = Segment(self._secret.reveal()[start : start + length], style)
        blank = Segment(" " * (width - length), self.rich_style)
        return Strip([part, blank], width)
