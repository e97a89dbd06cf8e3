"""A key in full, for the pane beside the table and the dialog over it."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from store.service.keys import Details


class KeyDetails(VerticalScroll):
    """Says everything about one key. It follows the table; with the focus it scrolls."""

    DEFAULT_CSS = "KeyDetails { height: 1fr; } KeyDetails Static { height: auto; }"

    BINDINGS = [  # noqa: RUF012
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("space", "page_down", "Page down", show=False),
        Binding("g", "scroll_home", "Top", show=False),
        Binding("G", "scroll_end", "Bottom", show=False),
        Binding("escape,enter,left,h", "leave", "Back to the list", show=False),
    ]

    class Left(Message):
        """Whoever read it goes back to the list."""

    def __init__(
        self,
        *,
        prefix: str,
        ascii_only: bool,
        in_pane: bool = True,
        read_only: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """In a pane it has no heading, so it says the name, and it takes the focus to scroll.

        `read_only` keeps the keys of verbs from it.
        """
        super().__init__(id=id, can_focus=in_pane)
        self._in_pane = in_pane
        self._read_only = read_only
        self._prefix = prefix
        self._ascii = ascii_only
        self._said = Content("")
        self._key_id: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out one text, which wraps."""
        yield Static("", markup=False)

    def show(self, details: "Details | None", now: int) -> None:
        """Draw a key as seen at an instant, or nothing. Another key is read from its top."""
        text = Content("")
        if details is not None:
            from console.widgets.key_blocks import KeyBlocks

            blocks = KeyBlocks(
                prefix=self._prefix,
                width=self._width,
                ascii_only=self._ascii,
                in_pane=self._in_pane,
                read_only=self._read_only,
            )
            text = Content("\n\n").join(blocks.of(details, now))
        key_id = details.key.id if details else None
        if key_id != self._key_id:
            self._key_id = key_id
            self.scroll_home(animate=False)
        if not text.is_same(self._said):
            self._said = text
            self.query_one(Static).update(text)

    def action_leave(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())

    @property
    def _width(self) -> int:
        return max(20, self.content_size.width or 40)
