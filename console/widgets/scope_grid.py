"""The permissions grid: one row a resource, one box an action of it."""

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
from console.widgets.scope_boxes import COLUMN, Box, GridRow, laid_out
from store.domain.scopes import READ, USUAL, WRITE, Resource, Scope, Scopes

_MEANS = {
    frozenset[str](): "no access",
    frozenset({READ}): "view",
    frozenset({WRITE}): "create and edit, not view",
    frozenset(USUAL): "view, create and edit",
}


class ScopeGrid(ScrollView, can_focus=True):
    """Boxes to tick by keyboard and mouse. Nothing is implied: `write` does not tick `read`.

    | Key | Does |
    | :- | :- |
    | arrows, hjkl | move |
    | space | grant or take away |
    """

    DEFAULT_CSS = "ScopeGrid { height: auto; max-height: 34vh; }"

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
        self.rows = _rows(catalogue, value | (before or frozenset()))
        self.before = before
        self._ascii = ascii_only
        widest = max((cell_len(safe(row.title)) for row in self.rows), default=8)
        self._title_width = min(28, widest + 3)
        self._boxes: list[list[Box]] = []
        self._arranged = -1
        """The width for which they are laid out."""
        self._arrange(80)
        self.row = self.column = 0
        self.set_reactive(ScopeGrid.value, value)

    def on_mount(self) -> None:
        """Take the room the rows need."""
        self.virtual_size = Size(0, self._lines + 1)

    def on_resize(self, event: events.Resize) -> None:
        """Put into a line what fits into it now."""
        self._arrange(event.size.width)
        self.virtual_size = Size(0, self._lines + 1)

    def _arrange(self, width: int) -> None:
        if width != self._arranged:
            self._arranged = width
            # The last cell is the scroll bar's.
            self._boxes = laid_out(self.rows, self._title_width, width - 1)

    @property
    def _lines(self) -> int:
        return 1 + max((box.line for boxes in self._boxes for box in boxes), default=-1)

    @property
    def current(self) -> Box | None:
        """The box that the cursor is on."""
        boxes = self._boxes[self.row] if self.rows else []
        return boxes[self.column] if boxes else None

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
        ground = self.rich_style
        segments = self._head(ground) if y == 0 else []
        if y > 0:
            segments = self._line(y - 1 + self.scroll_offset.y, ground)
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _head(self, ground: Style) -> list[Segment]:
        text = " " * self._title_width + fit("Read", COLUMN) + fit("Write", COLUMN)
        return [Segment(text, ground + self._tone("head"))]

    def _line(self, line: int, ground: Style) -> list[Segment]:
        here = [box for boxes in self._boxes for box in boxes if box.line == line]
        if not here:
            return []
        row, segments, at = self.rows[here[0].row], [], 0
        if here[0] == self._boxes[here[0].row][0]:
            title = fit(safe(row.title), self._title_width - 2, ascii_only=self._ascii) + "  "
            segments, at = [Segment(title, ground + self._tone("title"))], self._title_width
        for box in here:
            if box.left > at:
                segments.append(Segment(" " * (box.left - at), ground))
            segments += self._box(box, ground)
            at = box.left + box.width
        if not row.own:
            held = frozenset(scope.action for scope in self.value if scope.resource == row.name)
            at_columns = self._title_width + len(USUAL) * COLUMN
            if at_columns > at:
                segments.append(Segment(" " * (at_columns - at), ground))
            means = fit(_MEANS[held], max(0, self.size.width - at_columns))
            segments.append(Segment(means, ground + self._tone("means")))
        return segments

    def _box(self, box: Box, ground: Style) -> list[Segment]:
        granted = box.scope in self.value
        tick = ("x" if self._ascii else "✓") if granted else " "
        style = ground + self._tone("granted" if granted else "empty")
        label_style = ground + self._tone("title" if granted else "empty")
        if self.has_focus and box == self.current:
            style = ground + self._tone("cursor")
        mark, tone = "", "means"
        if self.before is not None and granted != (box.scope in self.before):
            mark, tone = (" +", "added") if granted else (" -", "removed")
        # Beside its name a box has room for a blank, the mark, and a gap of one cell.
        named = max(0, box.width - 7) if box.label else 0
        label = f" {fit(box.label, named, ascii_only=self._ascii)}" if box.label else ""
        named_by = [Segment(label, label_style)] if label else []
        return [
            Segment(f"[{tick}]", style),
            *named_by,
            Segment(fit(mark, box.width - 3 - len(label)), ground + self._tone(tone)),
        ]

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(f"scope-grid--{name}", partial=True)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        self._go_to(self.row + rows, self.column + columns)

    def action_grant(self) -> None:
        """Grant the current scope, or take it away."""
        if self.current is not None:
            self.toggle(self.current.scope)

    def on_click(self, event: events.Click) -> None:
        """Tick the box under the mouse; a click elsewhere in a line goes to the nearest one."""
        line = event.y - 1 + self.scroll_offset.y
        here = [box for boxes in self._boxes for box in boxes if box.line == line]
        if event.y < 1 or not here:
            return
        nearest = max(
            (box for box in here if box.left <= event.x),
            key=lambda box: box.left,
            default=here[0],
        )
        self._go_to(nearest.row, self._boxes[nearest.row].index(nearest))
        if nearest.left <= event.x < nearest.left + nearest.width:
            self.action_grant()

    def _go_to(self, row: int, column: int) -> None:
        self.row = max(0, min(row, len(self.rows) - 1))
        boxes = self._boxes[self.row] if self.rows else []
        self.column = max(0, min(column, len(boxes) - 1))
        line = self.current.line if self.current is not None else 0
        top, shown = self.scroll_offset.y, max(1, self.size.height - 1)
        wanted = min(max(top, line - shown + 1), line)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)
        self.refresh()


def _rows(catalogue: Sequence[Resource], granted: Scopes) -> list[GridRow]:
    """Return the rows of a catalogue, and of what is granted that it has no longer.

    That can still be taken away.
    """
    known = {resource.name: resource for resource in catalogue}
    names = [*known, *sorted({scope.resource for scope in granted} - set(known))]
    rows = []
    for name in names:
        resource = known.get(name, Resource(name, name, builtin=False, actions=()))
        gone = sorted({scope.action for scope in granted if scope.resource == name})
        # A resource that is gone has its two columns all the same, as it had.
        actions = dict.fromkeys((*(resource.actions or USUAL), *gone))
        rows.append(GridRow(name, resource.title, tuple(actions)))
    return rows
