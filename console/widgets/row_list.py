"""A list of short rows in columns with one current row, drawn line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.text.safe import safe
from console.widgets.columns import fit

_GAP = 2
NEAR_END = 50
"""Rows before the last at which more are asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One column: its title, and its width in cells; those without one share what is left."""

    title: str
    width: int | None = None
    least: int = 0
    """Where the list is narrower than this, the column is left out."""
    share: int = 1
    """How much of what is left it takes, beside the others without a width."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is known by, a text for each column, and the tone of the first."""

    id: str
    texts: tuple[str, ...]
    tone: str = "text"
    quiet: bool = False


class RowList(ScrollView, can_focus=True):
    """Rows that are all at hand. The current one is kept by its id when others come."""

    BINDINGS = [  # noqa: RUF012
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    COMPONENT_CLASSES = {  # noqa: RUF012
        "row-list--head",
        "row-list--cursor",
        "row-list--bar",
        "row-list--text",
        "row-list--quiet",
        "row-list--accent",
        "row-list--revoked",
        "row-list--expiring",
        "row-list--active",
    }

    class Opened(Message):
        """The current row was asked for in full."""

        def __init__(self, row_id: str) -> None:
            super().__init__()
            self.row_id = row_id

    class NearEnd(Message):
        """The last rows are close."""

    def __init__(self, parts: Sequence[Part], *, ascii_only: bool) -> None:
        super().__init__()
        self._parts = parts
        self._ascii = ascii_only
        self._rows: Sequence[Row] = ()
        self._cursor = 0

    @property
    def current(self) -> str | None:
        """The current row's id, None in an empty list."""
        return self._rows[self._cursor].id if self._rows else None

    def show(self, rows: Sequence[Row]) -> None:
        """Draw other rows; the current one stays where it is on the screen."""
        before, top = self.current, self.scroll_offset.y
        at = next((place for place, row in enumerate(rows) if row.id == before), None)
        # At the top, what is new is what one wants to see.
        shift = 0 if at is None or (top == 0 and self._cursor == 0) else at - self._cursor
        self._rows = rows
        self._cursor = max(0, min(self._cursor + shift, len(rows) - 1))
        self.virtual_size = Size(0, len(rows) + 1)
        if shift:
            self.scroll_to(y=top + shift, animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line: the titles first, then rows of the view."""
        width = self.size.width
        if y == 0:
            return self._line(
                [part.title for part in self._parts], self._tone("head"), self.rich_style, " "
            )
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, ground, bar = self._rows[place], self.rich_style, " "
        if place == self._cursor:
            ground = self.get_component_rich_style("row-list--cursor")
            bar = ">" if self._ascii else "▌"
        tone = self._tone("quiet" if row.quiet else "text")
        return self._line(row.texts, tone, ground, bar, self._tone(row.tone))

    def _line(
        self,
        texts: Sequence[str],
        tone: Style,
        ground: Style,
        bar: str,
        first: Style | None = None,
    ) -> Strip:
        width = self.size.width
        segments = [Segment(bar + " ", ground + self._tone("bar"))]
        for place, (room, text) in enumerate(zip(self._widths(), texts, strict=True)):
            if room:
                style = ground + (first if first is not None and place == 0 else tone)
                fitted = fit(safe(text), room - _GAP, ascii_only=self._ascii)
                segments.append(Segment(fitted + " " * _GAP, style))
        return Strip(segments).adjust_cell_length(width, ground)

    def _widths(self) -> list[int]:
        shown = [part if self.size.width >= part.least else None for part in self._parts]
        fixed = sum(part.width + _GAP for part in shown if part and part.width is not None)
        shares = sum(part.share for part in shown if part and part.width is None)
        unit = (self.size.width - 2 - fixed) / max(1, shares)
        return [
            0
            if part is None
            else max(6, int(unit * part.share))
            if part.width is None
            else part.width + _GAP
            for part in shown
        ]

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(f"row-list--{name}", partial=True)

    def action_move(self, by: int) -> None:
        """Move the current row."""
        self._go_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the current row by a screenful."""
        self._go_to(self._cursor + by * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Ask for the current row in full."""
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse; a second click opens it."""
        place = event.y - 1 + self.scroll_offset.y
        if event.y == 0 or place >= len(self._rows):
            return
        if event.chain > 1 and place == self._cursor:
            self.action_open()
        else:
            self._go_to(place)

    def _go_to(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._rows) - 1))
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        wanted = min(max(top, self._cursor - height + 1), self._cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)
        self.refresh()
        if self._cursor >= len(self._rows) - NEAR_END:
            self.post_message(self.NearEnd())
