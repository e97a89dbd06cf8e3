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

from console.text.fit import fit
from console.text.safe import safe
from console.widgets.parts import inked

_GAP = 2
NEAR_END = 50
"""Rows before the last at which more are asked for."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its title, and its width in cells; those without one share what is left."""

    title: str
    width: int | None = None
    least: int = 0
    """Where the list is narrower than this, the column is left out."""
    share: int = 1
    """How much of what is left it takes, beside the others without a width."""
    most: int = 1000
    """Cells that are enough for it, however many are left."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is known by, a text for each column, and the tone of the first."""

    id: str
    texts: tuple[str, ...]
    tone: str = "text"


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
        "row-list--active",
        "row-list--expiring",
        "row-list--expired",
    }

    class Opened(Message):
        """The current row was asked for in full."""

        def __init__(self, row_id: str) -> None:
            super().__init__()
            self.row_id = row_id

    class Moved(Message):
        """Another row is the current one."""

    class NearEnd(Message):
        """The last rows are close."""

    def __init__(
        self, columns: Sequence[ListColumn], *, ascii_only: bool, follow_top: bool = False
    ) -> None:
        """`follow_top`: whoever is on the first row stays there when others come before it."""
        super().__init__()
        self._follow_top = follow_top
        self._columns = columns
        self._ascii = ascii_only
        self._rows: Sequence[Row] = ()
        self._cursor = 0

    @property
    def current(self) -> str | None:
        """The current row's id, None in an empty list."""
        return self._rows[self._cursor].id if self._rows else None

    def show(self, rows: Sequence[Row], *, anew: bool = False) -> None:
        """Draw other rows; `anew` begins at the first.

        Else the current row stays the current one, and where it is on the screen; a view of the
        first rows goes on showing the first ones.
        """
        if anew:
            self._begin(rows)
        elif [row.id for row in rows] == [row.id for row in self._rows]:
            self._redraw(rows)
        elif self._follow_top and self._cursor == 0 and self.scroll_offset.y == 0:
            self._replace(rows, 0)
        else:
            at = next((place for place, row in enumerate(rows) if row.id == self.current), None)
            self._replace(rows, 0 if at is None else at - self._cursor)

    def _begin(self, rows: Sequence[Row]) -> None:
        """Draw other rows from the first, which becomes the current one."""
        self._cursor = 0
        self._take(rows)
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def _replace(self, rows: Sequence[Row], shift: int) -> None:
        """Draw other rows, among which the current one stands so many rows further down."""
        top = self.scroll_offset.y
        in_view = top <= self._cursor < top + self._height
        self._cursor = max(0, min(self._cursor + shift, len(rows) - 1))
        self._take(rows)
        if shift and top:
            self.scroll_to(y=top + shift, animate=False, immediate=True)
        if in_view:
            self._see_cursor()
        self.refresh()

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.virtual_size = Size(0, len(rows) + 1)

    def _redraw(self, rows: Sequence[Row]) -> None:
        """Draw the lines that say something else: the others cost bytes on a slow line."""
        known, self._rows = self._rows, rows
        for place, (row, before) in enumerate(zip(rows, known, strict=True)):
            if row != before:
                self.refresh_line(place + 1)

    def render_line(self, y: int) -> Strip:
        """Draw one line: the titles first, then rows of the view."""
        width = self.size.width
        if y == 0 and not self._rows:
            # Titles over nothing would stand below the sentence that says so.
            return Strip.blank(width, self.rich_style)
        if y == 0:
            return self._line(
                [column.title for column in self._columns], self._tone("head"), self.rich_style, " "
            )
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, ground, bar = self._rows[place], self.rich_style, " "
        if place == self._cursor:
            ground = self.get_component_rich_style("row-list--cursor")
            bar = ">" if self._ascii else "▌"
        return self._line(row.texts, self._tone("text"), ground, bar, self._tone(row.tone))

    def _line(
        self,
        texts: Sequence[str],
        tone: Style,
        ground: Style,
        bar: str,
        first: Style | None = None,
    ) -> Strip:
        width = self.size.width
        segments = [Segment(bar + " ", inked(ground, self._tone("bar")))]
        for place, (room, text) in enumerate(zip(self._widths(), texts, strict=True)):
            if room:
                style = inked(ground, first if first is not None and place == 0 else tone)
                fitted = fit(safe(text), room - _GAP, ascii_only=self._ascii)
                segments.append(Segment(fitted + " " * _GAP, style))
        return Strip(segments).adjust_cell_length(width, ground)

    def _widths(self) -> list[int]:
        shown = [column if self.size.width >= column.least else None for column in self._columns]
        fixed = sum(column.width + _GAP for column in shown if column and column.width is not None)
        shares = sum(column.share for column in shown if column and column.width is None)
        unit = (self.size.width - 2 - fixed) / max(1, shares)
        return [
            0
            if column is None
            else min(column.most, max(6, int(unit * column.share)))
            if column.width is None
            else column.width + _GAP
            for column in shown
        ]

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(f"row-list--{name}", partial=True)

    def action_move(self, by: int) -> None:
        """Move the current row."""
        self._go_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the current row by a screenful."""
        self._go_to(self._cursor + by * max(1, self._height - 1))

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
        before, top = self._cursor, self.scroll_offset.y
        self._cursor = max(0, min(place, len(self._rows) - 1))
        self._see_cursor()
        if self.scroll_offset.y == top:
            self.refresh_line(before + 1)
            self.refresh_line(self._cursor + 1)
        else:
            self.refresh()
        if self._cursor != before:
            self.post_message(self.Moved())
        self._ask_near_end(self._cursor)

    @property
    def _height(self) -> int:
        """Rows in view."""
        return max(1, self.size.height - 1)

    def _see_cursor(self) -> None:
        top = self.scroll_offset.y
        wanted = min(max(top, self._cursor - self._height + 1), self._cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more when the mouse scrolls close to the end."""
        super().watch_scroll_y(old_value, new_value)
        self._ask_near_end(round(new_value) + self.size.height)

    def _ask_near_end(self, place: int) -> None:
        if place >= len(self._rows) - NEAR_END:
            self.post_message(self.NearEnd())
