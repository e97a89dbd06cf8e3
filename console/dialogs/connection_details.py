"""A connection in full, as it is now."""

from collections.abc import Awaitable, Callable, Iterable
from textwrap import wrap

from textual import work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLL, SCROLLING, Dialog
from console.text.connection_words import in_full
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.polling import poll
from store.errors import KeydeckError
from store.errors.quoting import quoted
from store.service.connections import ConnectionDetails

FOLLOW_EVERY = 0.5
_LABEL = 11


class ConnectionDialog(Dialog[None]):
    """Shows a connection, and goes on showing it as it changes."""

    BINDINGS = [("q,enter", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(
        self,
        details: ConnectionDetails,
        read: Callable[[], Awaitable[ConnectionDetails]],
        now: Callable[[], int],
        *,
        ascii_only: bool = False,
    ) -> None:
        """Show `details`, then whatever `read` brings."""
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._read = read
        self._now = now

    def body(self) -> Iterable[Widget]:
        """Return the lines."""
        yield Static("", id="told")

    def on_mount(self) -> None:
        """Say everything."""
        super().on_mount()
        self.head(quoted(self._details.connection.name))
        self.hint(SCROLL, Hint("esc", "Close", "back"))
        self._show()
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await poll(self, self._read, self._changed, self._troubled, every=FOLLOW_EVERY)

    def _troubled(self, error: KeydeckError | None) -> bool:
        self.wrong(str(error) if error else None)
        return True

    def _changed(self, details: ConnectionDetails) -> None:
        self._details = details
        self._show()

    def on_resize(self) -> None:
        """Wrap for the width there is."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        room = max(20, (self.query_one("#body").content_size.width or 68) - _LABEL)
        lines: list[Content] = []
        before = ""
        for label, value in in_full(self._details, self._now()):
            # Of several alike the first is named.
            name, before = "" if label == before else label, label
            for each in wrap(safe(value), room, break_on_hyphens=False):
                lines.append(Content.assemble((f"{name:<{_LABEL}}", "$dim"), each))
                name = ""
        self.query_one("#told", Static).update(Content("\n").join(lines))
