"""A choice among a few words on one line."""

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_GAP = 2


class ChoiceBar(Widget, can_focus=True):
    """Options side by side; the arrows choose, and so does a click.

    The chosen one stands in brackets, so that it is seen without colours.
    """

    DEFAULT_CSS = "ChoiceBar { height: 1; width: 1fr; }"

    BINDINGS = [  # noqa: RUF012
        Binding("left,h", "move(-1)", "Before", show=False),
        Binding("right,l", "move(1)", "Next", show=False),
    ]

    COMPONENT_CLASSES = {"choice-bar--option", "choice-bar--chosen"}  # noqa: RUF012

    index: reactive[int] = reactive(0)
    """Position of the chosen option."""

    class Chosen(Message):
        """Another option was chosen by hand."""

        def __init__(self, bar: "ChoiceBar", index: int) -> None:
            super().__init__()
            self.bar = bar
            self.index = index

        @property
        def control(self) -> "ChoiceBar":
            """The bar it was chosen in."""
            return self.bar

    def __init__(
        self,
        options: Sequence[str],
        index: int = 0,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self.set_reactive(ChoiceBar.index, index)

    def choose(self, index: int) -> None:
        """Choose an option and say so."""
        index = max(0, min(index, len(self.options) - 1))
        if index != self.index:
            self.index = index
            self.post_message(self.Chosen(self, index))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of all options, in cells."""
        return sum(len(option) + 2 + _GAP for option in self.options)

    def render(self) -> Text:
        """Draw the options."""
        plain = self.get_component_rich_style("choice-bar--option", partial=True)
        chosen = self.get_component_rich_style("choice-bar--chosen", partial=True)
        text = Text(end="", no_wrap=True)
        for place, option in enumerate(self.options):
            if place == self.index:
                text.append(f"[{option}]", chosen)
            else:
                text.append(f" {option} ", plain)
            text.append(" " * _GAP)
        return text

    def action_move(self, by: int) -> None:
        """Choose a neighbour."""
        self.choose(self.index + by)

    def on_click(self, event: events.Click) -> None:
        """Choose the option under the mouse."""
        start = 0
        for place, option in enumerate(self.options):
            end = start + len(option) + 2
            if start <= event.x < end:
                self.choose(place)
                return
            start = end + _GAP
