"""The permissions grid: one row a resource, one column an access."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.text.fit import fit
from console.text.safe import safe
from store.domain.scopes import Access, Resource, Scope, Scopes

ACCESSES = (Access.READ, Access.WRITE)
_CELL = 9
"""Width of an access's column in cells: the box, the mark of a change, a gap."""
_MEANS = {
    frozenset[Access](): "no access",
    frozenset({Access.READ}): "view",
    frozenset({Access.WRITE}): "create and edit, not view",
    frozenset(ACCESSES): "view, create and edit",
}


class ScopeGrid(ScrollView, can_focus=True):
    """Boxes to tick by keyboard and mouse. Nothing is implied: `write` does not tick `read`.

    | Key | Does |
    | :- | :- |
    | arrows, hjkl | move |
    | space | grant or take away |
    """

    DEFAULT_CSS = "ScopeGrid { height: auto; max-height: 8; }"

    BINDINGS = [  # noqa: RUF012
        Binding("up,k", "move(-1, 0)", "Up", show=False),
        Binding("down,j", "move(1, 0)", "Down", show=False),
        Binding("left,h", "move(0, -1)", "Left", show=False),
        Binding("right,l", "move(0, 1)", "Right", show=False),
        Binding("home,g", "move(-999, 0)", "First", show=False),
        Binding("end,G", "move(999, 0)", "Last", show=False),
        Binding("space", "grant", "Grant", show=False),
    ]

    COMPONENT_CLASSES = {  # noqa: RUF012
        "scope-grid--head",
        "scope-grid--title",
        "scope-grid--granted",
        "scope-grid--empty",
        "scope-grid--cursor",
        "scope-grid--added",
        "scope-grid--removed",
        "scope-grid--means",
    }

    value: reactive[Scopes] = reactive(frozenset())
    """What is granted."""

    class Changed(Message):
        """Something was granted or taken away."""

        def __init__(self, grid: "ScopeGrid", value: Scopes) -> None:
            super().__init__()
            self.grid = grid
            self.value = value

        @property
        def control(self) -> "ScopeGrid":
            """The grid it happened in."""
            return self.grid

    def __init__(
        self,
        catalogue: Sequence[Resource],
        value: Scopes = frozenset(),
        *,
        before: Scopes | None = None,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Offer a catalogue's resources; `before` marks what differs from it with + and -."""
        super().__init__(id=id)
        titles = {resource.name: resource.title for resource in catalogue}
        # A resource that has left the catalogue can still be taken away.
        gone = sorted({scope.resource for scope in value | (before or frozenset())} - set(titles))
        self.rows = [*titles.items(), *((name, name) for name in gone)]
        self.before = before
        self._ascii = ascii_only
        self._title_width = min(28, max((cell_len(safe(t)) for _, t in self.rows), default=8) + 3)
        self.row = self.column = 0
        self.set_reactive(ScopeGrid.value, value)

    def on_mount(self) -> None:
        """Take the room the rows need."""
        self.virtual_size = Size(0, len(self.rows) + 1)

    def scope_at(self, row: int, column: int) -> Scope:
        """Return the scope of a cell."""
        return Scope(self.rows[row][0], ACCESSES[column])

    def toggle(self, scope: Scope) -> None:
        """Grant a scope, or take it away."""
        self.grant(self.value ^ {scope})

    def grant(self, value: Scopes) -> None:
        """Replace what is granted, and say so."""
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value))

    def watch_value(self) -> None:
        """Draw what is granted now."""
        self.refresh()

    def watch_has_focus(self, focused: bool) -> None:
        """Draw the cursor only where keys go."""
        super().watch_has_focus(focused)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the head, which stays, or a row."""
        row = y - 1 + self.scroll_offset.y
        ground = self.rich_style
        segments = self._head(ground) if y == 0 else []
        if y > 0 and row < len(self.rows):
            segments = self._row(row, ground)
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _head(self, ground: Style) -> list[Segment]:
        text = " " * self._title_width + fit("Read", _CELL) + fit("Write", _CELL)
        return [Segment(text, ground + self._tone("head"))]

    def _row(self, row: int, ground: Style) -> list[Segment]:
        name, title = self.rows[row]
        text = fit(safe(title), self._title_width - 2, ascii_only=self._ascii) + "  "
        segments = [Segment(text, ground + self._tone("title"))]
        for column in range(len(ACCESSES)):
            segments += self._cell(row, column, ground)
        held = frozenset(scope.access for scope in self.value if scope.resource == name)
        means = fit(_MEANS[held], max(0, self.size.width - self._title_width - 2 * _CELL))
        return [*segments, Segment(means, ground + self._tone("means"))]

    def _cell(self, row: int, column: int, ground: Style) -> list[Segment]:
        scope = self.scope_at(row, column)
        granted = scope in self.value
        tick = ("x" if self._ascii else "✓") if granted else " "
        style = ground + self._tone("granted" if granted else "empty")
        if self.has_focus and (row, column) == (self.row, self.column):
            style = ground + self._tone("cursor")
        mark, tone = "", "means"
        if self.before is not None and granted != (scope in self.before):
            mark, tone = (" +", "added") if granted else (" -", "removed")
        return [
            Segment(f"[{tick}]", style),
            Segment(fit(mark, _CELL - 3), ground + self._tone(tone)),
        ]

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(f"scope-grid--{name}", partial=True)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        self._go_to(self.row + rows, self.column + columns)

    def action_grant(self) -> None:
        """Grant the current scope, or take it away."""
        if self.rows:
            self.toggle(self.scope_at(self.row, self.column))

    def on_click(self, event: events.Click) -> None:
        """Tick the box under the mouse; a click on a resource's name goes to its row."""
        row = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or row >= len(self.rows):
            return
        column = (event.x - self._title_width) // _CELL
        self._go_to(row, max(0, min(column, len(ACCESSES) - 1)))
        if 0 <= column < len(ACCESSES):
            self.action_grant()

    def _go_to(self, row: int, column: int) -> None:
        self.row = max(0, min(row, len(self.rows) - 1))
        self.column = max(0, min(column, len(ACCESSES) - 1))
        top, shown = self.scroll_offset.y, max(1, self.size.height - 1)
        wanted = min(max(top, self.row - shown + 1), self.row)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)
        self.refresh()
