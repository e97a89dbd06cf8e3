"""The key table: draws lines of a window onto the store, never all rows.

Textual's DataTable measures every cell; at ten thousand rows that takes a second.
"""

import asyncio
from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.text.fit import fit
from console.text.key_fields import (
    EXPIRES,
    KEY,
    NAME,
    OWNER,
    SCOPES,
    STATE,
    Column,
    cells,
    fit_scopes,
    layout,
)
from console.widgets.key_window import KeyWindow
from console.widgets.parts import inked
from store.domain.keys import Key
from store.domain.listing import Sort

MARGIN = 40
"""Rows read beyond each edge of the view, a screenful at least: a step finds them there."""
_MARGIN_WIDTH = 2
CHANGED_FOR = 4000
"""Milliseconds for which a row that was changed carries a mark."""


class KeyTable(ScrollView, can_focus=True):
    """A list of keys with one current row, by position in the store's order."""

    BINDINGS = [  # noqa: RUF012
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "top", "First", show=False),
        Binding("end,G", "bottom", "Last", show=False),
        Binding("enter", "open", "Details", show=False),
        Binding("space", "mark", "Mark", show=False),
        Binding("shift+down", "mark_to(1)", "Mark down", show=False),
        Binding("shift+up", "mark_to(-1)", "Mark up", show=False),
    ]

    COMPONENT_CLASSES = {  # noqa: RUF012
        "key-table--cursor",
        "key-table--bar",
        "key-table--mark",
        "key-table--changed",
        "key-table--name",
        "key-table--text",
        "key-table--quiet",
        "key-table--id",
        "key-table--active",
        "key-table--expiring",
        "key-table--rotating",
        "key-table--expired",
        "key-table--revoked",
    }

    class Wanted(Message):
        """Rows came into view that are not at hand."""

    class Moved(Message):
        """Another row became the current one, or its key is another, or changed."""

    class Marked(Message):
        """Other rows are marked."""

    class Opened(Message):
        """The current row was asked for in full."""

    def __init__(self, prefix: str, *, ascii_only: bool, marking: bool = True) -> None:
        """Without `marking` there is nothing to mark keys for."""
        super().__init__()
        self.prefix = prefix
        self._marking = marking
        self._ascii = ascii_only
        self._now = 0
        self._offset = 0
        self._window: Sequence[Key] = ()
        self.total = 0
        self.cursor = 0
        self.steps = 0
        """How often somebody has moved the cursor."""
        self._kept: Key | None = None
        self._height = 0
        self._counted = False
        self._to_the_end = False
        self.marked: dict[str, str] = {}
        """Ids of marked keys, wherever they are now, with their names."""
        self._changed: dict[str, int] = {}
        self._seen: int | None = None
        self._drawn: dict[int, Strip] = {}
        self.drawn = asyncio.Event()
        """Set once a key is on the screen."""
        self.sort = Sort.STATE
        """What the list is sorted by; that column is always shown."""
        self.owned = False
        """Whether any key that was shown belongs to somebody outside."""

    @property
    def current(self) -> Key | None:
        """The key of the current row, or None where it has not been read since going there."""
        return self._at(self.cursor) or self._kept

    @property
    def sees_cursor(self) -> bool:
        """Whether the current row is in view."""
        return 0 <= self.cursor - self.scroll_offset.y < max(1, self.size.height)

    @property
    def window(self) -> tuple[int, int]:
        """The rows to have at hand, as offset and limit: the view and a margin around it."""
        height = max(self.size.height, 1)
        margin = max(MARGIN, height)
        return max(0, self.scroll_offset.y - margin), height + 2 * margin

    def show(self, read: KeyWindow, *, follow: bool) -> None:
        """Draw what was read. The current row moves along with its key, wherever that is now.

        It stays where it is on the screen, whatever was put in above it; out of view where somebody
        scrolled away from it, unless `follow` brings it into view.
        """
        before, was, seen = self.cursor, self._kept, self.sees_cursor
        shift = 0 if read.cursor is None else read.cursor - self.cursor
        self._take(read)
        self.cursor = max(0, min(self.cursor + shift, read.total - 1))
        self._kept = self._at(self.cursor) or (None if read.gone else self._kept)
        if shift:
            self.scroll_to(y=self.scroll_offset.y + shift, animate=False, immediate=True)
        if seen or follow:
            self._keep_in_view()
        self._refresh_lines()
        if before != self.cursor or was != self._kept:
            self.post_message(self.Moved())
        if self.total and not self._has(0):
            self.post_message(self.Wanted())
        if self._to_the_end:
            self.action_bottom()

    def _take(self, read: KeyWindow) -> None:
        self._now, self._offset, self._window = read.now, read.offset, read.keys
        self.total, self._counted = read.total, read.counted
        self.owned = self.owned or any(key.owner is not None for key in read.keys)
        self._see_changes(read.revision)
        if self.virtual_size.height != read.total:
            self.virtual_size = Size(0, read.total)

    def _refresh_lines(self) -> None:
        """Draw the lines that say something else now: over a slow line every byte is waited for."""
        for y in range(self.size.height):
            strip = self._line(y)
            if self._drawn.get(y) != strip:
                # Noted here too: behind a dialog a line is asked for, but not drawn anew.
                self._drawn[y] = strip
                self.refresh(Region(0, y, self.size.width, 1))

    def _see_changes(self, revision: int) -> None:
        """Note which rows were made or changed since the store was looked at last."""
        if self._seen is not None:
            changed = (key.id for key in self._window if key.revision > self._seen)
            self._changed |= dict.fromkeys(changed, self._now)
        self._seen = revision
        self._changed = {
            key_id: at for key_id, at in self._changed.items() if 0 <= self._now - at < CHANGED_FOR
        }

    def go_to(self, row: int) -> None:
        """Make a row the current one and bring it into view."""
        row = max(0, min(row, self.total - 1))
        self._to_the_end = False
        if row == self.cursor:
            self._keep_in_view()
            return
        self.steps += 1
        self.refresh_line(self.cursor)
        self.cursor, self._kept = row, self._at(row)
        self.refresh_line(row)
        self._keep_in_view()
        self.post_message(self.Moved())
        self._want_rows()

    def _want_rows(self) -> None:
        # Before the last of them are shown: the cursor outruns the store then.
        if self.total and not self._has(MARGIN // 2):
            self.post_message(self.Wanted())

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        self._drawn[y] = strip = self._line(y)
        if self.total:
            self.drawn.set()
        return strip

    def _line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.size.width
        if row >= self.total:
            return Strip.blank(width, self.rich_style)
        key = self._at(row)
        ground = self.rich_style
        if row == self.cursor:
            ground = self.get_component_rich_style("key-table--cursor")
        segments = [*self._margin(row, key, ground)]
        if key is None:
            segments.append(Segment("…", inked(ground, self._tone("quiet"))))
        else:
            segments += self._cells(row, key, ground)
        return Strip(segments).adjust_cell_length(width, ground).simplify()

    def _cells(self, row: int, key: Key, ground: Style) -> list[Segment]:
        told = cells(key, self._now, self.prefix, ascii_only=self._ascii)
        plain = inked(ground, self._tone("quiet" if told.quiet else "text"))
        styles = {
            STATE: inked(ground, self._tone(told.badge.tone)),
            NAME: inked(ground, self._tone("quiet" if told.quiet else "name")),
            KEY: inked(ground, self._tone("id")),
            EXPIRES: inked(ground, self._tone("expiring")) if told.soon else plain,
        }
        if self._goes_on(row, key):
            told.texts[OWNER] = ""
        made = []
        for column in layout(self.size.width, self.prefix, self.sort, owned=self.owned):
            text = self._text(column, key, told.texts)
            made.append(Segment(text, styles.get(column.title, plain)))
        return made

    def _goes_on(self, row: int, key: Key) -> bool:
        """Return whether a row is of the owner of the one above: said once, it heads them all."""
        if self.sort is not Sort.OWNER or row in (self.cursor, self.scroll_offset.y):
            return False
        above = self._at(row - 1)
        return above is not None and above.owner == key.owner

    def _text(self, column: Column, key: Key, texts: dict[str, str]) -> str:
        room = column.room
        text = fit_scopes(key.scopes, room) if column.title == SCOPES else texts[column.title]
        return fit(text, room, ascii_only=self._ascii) + " " * (column.width - room)

    def _margin(self, row: int, key: Key | None, ground: Style) -> Iterable[Segment]:
        bar = " "
        if row == self.cursor:
            bar = ">" if self._ascii else "▌"
        yield Segment(bar, inked(ground, self._tone("bar")))
        if key is not None and key.id in self.marked:
            yield Segment("+" if self._ascii else "✓", inked(ground, self._tone("mark")))
        elif key is not None and key.id in self._changed:
            yield Segment("~" if self._ascii else "•", inked(ground, self._tone("changed")))
        else:
            yield Segment(" ", ground)

    def _tone(self, name: str) -> Style:
        # The component's background would hide the current row's.
        return self.get_component_rich_style(f"key-table--{name}", partial=True)

    def _at(self, row: int) -> Key | None:
        place = row - self._offset
        return self._window[place] if 0 <= place < len(self._window) else None

    def _has(self, around: int) -> bool:
        """Return whether the rows in view are at hand, and some around them."""
        top = self.scroll_offset.y
        first = max(0, top - around)
        last = min(self.total, top + self.size.height + around) - 1
        return all(self._at(row) is not None for row in (first, last))

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        wanted = min(max(top, self.cursor - height + 1), self.cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the current row in view where it was."""
        if 0 <= self.cursor - self.scroll_offset.y < self._height:
            self._keep_in_view()
        self._height = event.size.height

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for rows that were scrolled into view."""
        super().watch_scroll_y(old_value, new_value)
        self._want_rows()

    def action_move(self, by: int) -> None:
        """Move the current row."""
        self.go_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the current row by a screenful."""
        self.go_to(self.cursor + by * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """Go to the first key."""
        self.go_to(0)

    def action_bottom(self) -> None:
        """Go to the last key."""
        self.go_to(self.total - 1)
        # Where the end is shows once all are counted.
        self._to_the_end = not self._counted

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow marks where they are of use."""
        return self._marking or action not in ("mark", "mark_to")

    def action_mark(self) -> None:
        """Mark the current key or take its mark away, and go on to the next."""
        self._toggle(self.current)
        self.go_to(self.cursor + 1)

    def action_mark_to(self, by: int) -> None:
        """Mark the current key and the one it moves to."""
        self._mark(self.current)
        self.go_to(self.cursor + by)
        self._mark(self.current)

    def mark(self, keys: Iterable[Key]) -> None:
        """Mark keys, wherever they are in the list."""
        for key in keys:
            self.marked[key.id] = key.name
        self.refresh()
        self.post_message(self.Marked())

    def unmark_all(self) -> None:
        """Take the marks away."""
        self.marked = {}
        self.refresh()
        self.post_message(self.Marked())

    def _mark(self, key: Key | None) -> None:
        if key is not None:
            self.mark([key])

    def _toggle(self, key: Key | None) -> None:
        if key is not None and key.id in self.marked:
            del self.marked[key.id]
            self.refresh()
            self.post_message(self.Marked())
        else:
            self._mark(key)

    def action_open(self) -> None:
        """Ask for the current key in full."""
        if self.current is not None:
            self.post_message(self.Opened())

    def _mark_between(self, first: int, last: int) -> None:
        rows = (self._at(row) for row in range(min(first, last), max(first, last) + 1))
        self.mark([key for key in rows if key is not None])

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse; a second click opens it.

        With ctrl, or on the margin, it marks the row; with shift all from the current one on.
        """
        row = event.y + self.scroll_offset.y
        if row >= self.total:
            return
        if event.shift and self._marking:
            self._mark_between(self.cursor, row)
            self.go_to(row)
        elif self._marking and (event.ctrl or event.x < _MARGIN_WIDTH):
            self._toggle(self._at(row))
            self.go_to(row)
        elif event.chain > 1 and row == self.cursor:
            self.action_open()
        else:
            self.go_to(row)
