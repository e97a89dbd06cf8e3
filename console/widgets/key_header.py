"""The line above the key table: titles, the order, and a click to change it."""

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.text.key_fields import SORTED_BY, layout
from store.domain.listing import Sort


class KeyHeader(Widget):
    """Column titles; the one the list is sorted by carries an arrow."""

    DEFAULT_CSS = "KeyHeader { height: 1; }"

    sort: reactive[Sort] = reactive(Sort.STATE)
    """What the list is sorted by."""
    descending: reactive[bool] = reactive(False)
    """Whether the order is reversed."""
    owned: reactive[bool] = reactive(False)
    """Whether any key belongs to somebody outside."""

    class Clicked(Message):
        """A title was clicked."""

        def __init__(self, sort: Sort) -> None:
            super().__init__()
            self.sort = sort

    def __init__(self, prefix: str, *, ascii_only: bool) -> None:
        super().__init__()
        self.prefix = prefix
        self._arrows = ("^", "v") if ascii_only else ("▲", "▼")

    def render(self) -> Text:
        """Draw the titles at the table's own widths."""
        text = Text("  ", no_wrap=True, end="")
        for column in layout(self.size.width, self.prefix, self.sort, owned=self.owned):
            title = column.title
            if SORTED_BY.get(title) is self.sort:
                arrow = self._arrows[self.descending]
                title = f"{title} {arrow}" if len(title) + 2 <= column.width else title + arrow
            text.append(title.ljust(column.width)[: column.width])
        return text

    def on_click(self, event: events.Click) -> None:
        """Ask for the order of the title under the mouse."""
        start = 2
        for column in layout(self.size.width, self.prefix, self.sort, owned=self.owned):
            if start <= event.x < start + column.width and column.title in SORTED_BY:
                self.post_message(self.Clicked(SORTED_BY[column.title]))
            start += column.width
