"""The tabs of the workspace, by number."""

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class TabName:
    """One tab: what it is known by, and what it says."""

    id: str
    label: str


class TabBar(Widget):
    """Labels on one line; the open one is underlined, one that is closed to this person dim."""

    DEFAULT_CSS = "TabBar { height: 1; }"

    COMPONENT_CLASSES = {"tab-bar--number", "tab-bar--label", "tab-bar--open", "tab-bar--closed"}  # noqa: RUF012

    open: reactive[str] = reactive("")
    """Which tab is open."""
    closed: reactive[frozenset[str]] = reactive(frozenset())
    """Which tabs are closed to this person."""

    class Chosen(Message):
        """A label was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, tabs: tuple[TabName, ...]) -> None:
        super().__init__()
        self._tabs = tabs

    def render(self) -> Text:
        """Draw the labels."""
        style = self.get_component_rich_style
        text = Text(" ", end="", no_wrap=True)
        for number, tab in enumerate(self._tabs, 1):
            tone = style(f"tab-bar--{'open' if tab.id == self.open else 'label'}", partial=True)
            if tab.id in self.closed:
                tone += style("tab-bar--closed", partial=True)
            text.append(f"{number} ", style("tab-bar--number", partial=True))
            text.append(tab.label, tone)
            text.append("   ")
        return text

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse."""
        start = 1
        for tab in self._tabs:
            width = len(tab.label) + 5
            if start <= event.x < start + width:
                self.post_message(self.Chosen(tab.id))
                return
            start += width
