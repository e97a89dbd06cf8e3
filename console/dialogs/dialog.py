"""What every dialog shares: a head, a body, one line of trouble, buttons, and the keys."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from console.text.safe import safe
from console.widgets.choice_bar import ChoiceBar
from console.widgets.hint_bar import Hint, HintBar
from console.widgets.leaving import MayLeave
from console.widgets.parts import lines
from console.widgets.styled_once import StyledOnce

T = TypeVar("T")

SCROLLING = [
    Binding("down,j", "scroll(1)", "Down", show=False),
    Binding("up,k", "scroll(-1)", "Up", show=False),
    Binding("pagedown,space", "scroll(10)", "Page down", show=False),
    Binding("pageup", "scroll(-10)", "Page up", show=False),
    Binding("home,g", "scroll(-100000)", "Top", show=False),
    Binding("end,G", "scroll(100000)", "Bottom", show=False),
]
"""For dialogs that only tell something."""

BACK = Hint("esc", "Cancel", "back")
MOVE = Hint("tab", "Move", "app.focus_next", 2)
SCROLL = Hint("↑ ↓", "Scroll", "scroll(1)", 2)


class Dialog(MayLeave, StyledOnce, ModalScreen[T], Generic[T]):
    """A question over the workspace. It is dismissed with its answer, or None for none."""

    BINDINGS = [  # noqa: RUF012
        Binding("escape", "back", "Back", show=False),
        Binding("enter", "go", "Go on", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("question_mark,f1", "help", "Help", show=False),
    ]

    AUTO_FOCUS = ""
    """None but the dialog's own: the first field would be drawn as the current one for a frame."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (96, "-broad")]  # noqa: RUF012

    holds_secret = False
    """Whether it shows what is shown only once: nothing may leave it behind unread."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.ascii_only = ascii_only
        self.drawn_at: float | None = None
        """When it was drawn, where that which is typed before must press nothing; see TypeAhead."""
        self._begun = False
        self._given: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the frame; `body` and `actions` fill it."""
        with Vertical(id="frame"):
            with Horizontal(id="head"):
                yield Static("", id="title", markup=False)
                yield Static("", id="aside", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield from self.body()
            yield Static("", id="wrong", markup=False)
            buttons = list(self.actions())
            with Horizontal(id="actions") as actions:
                yield from buttons
            actions.display = bool(buttons)
            yield HintBar(ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        """Take keys from the first drawing on, when the focus is where it belongs."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._begun = True

    @property
    def busy(self) -> bool:
        """Whether keys have to wait."""
        return not self._begun

    def body(self) -> Iterable[Widget]:
        """Return what the dialog asks."""
        return ()

    def actions(self) -> Iterable[Widget]:
        """Return the buttons, in order."""
        return ()

    def head(self, title: str, aside: str = "") -> None:
        """Name the dialog, with a quiet word at the right end of the line."""
        self.query_one("#title", Static).update(Content(safe(title)))
        self.query_one("#aside", Static).update(Content(safe(aside)))

    def hint(self, *hints: Hint) -> None:
        """Say what the keys do."""
        self.query_one(HintBar).hints = hints

    def wrong(self, sentence: str | None, *more: str) -> None:
        """Say what is in the way, or nothing; each of `more` on a line of its own."""
        line = self.query_one("#wrong", Static)
        line.update(lines(sentence or "", *more))
        line.display = bool(sentence)
        self._given = self._answers()
        self.call_after_refresh(self._fit)

    def _answers(self) -> tuple[object, ...]:
        fields = [field.value for field in self.query(Input)]
        return (*fields, *(bar.index for bar in self.query(ChoiceBar)))

    @on(Input.Changed)
    @on(ChoiceBar.Chosen)
    def _edited(self) -> None:
        """Forget what was wrong with an answer that is another by now."""
        # A field tells of the text it begins with, too: that takes no refusal away.
        if self._answers() != self._given:
            self.wrong(None)

    def on_resize(self) -> None:
        """Keep the buttons and the keys in sight."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        # A body of automatic height would push them out below; Textual has no `calc`.
        frame, body = self.query_one("#frame"), self.query_one("#body")
        others = sum(
            child.outer_size.height + child.styles.margin.height
            for child in frame.children
            if child is not body and child.display
        )
        body.styles.max_height = max(1, self.size.height - others - frame.gutter.height)

    def action_help(self) -> None:
        """Say what all the keys do, also those for which the line has no room."""
        keys = [(hint.key, hint.label) for hint in self.query_one(HintBar).hints]
        title = str(self.query_one("#title", Static).content)
        self.post_message(HintBar.HelpWanted([(title, keys)]))

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll by a number of lines."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    def action_go(self) -> None:
        """Go on; a dialog says what that means."""
