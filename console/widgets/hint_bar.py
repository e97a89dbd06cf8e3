"""The line at the bottom: what the keys do here. Every hint is a button too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Hint:
    """A key, what it does, and the action that a click on it runs."""

    key: str
    label: str
    action: str
    rank: int = 0
    """Where there is no room, the highest ranks go first."""


Sections = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Of help: each a heading, and keys with what they do."""


class HintBar(Widget):
    """As many hints as fit."""

    class HelpWanted(Message):
        """Somebody wants to read what the keys do here, for which the line has no room."""

        def __init__(self, sections: Sections) -> None:
            super().__init__()
            self.sections = sections

    DEFAULT_CSS = "HintBar { height: 1; }"

    COMPONENT_CLASSES = {"hint-bar--key", "hint-bar--label"}  # noqa: RUF012

    hints: reactive[tuple[Hint, ...]] = reactive(())
    """What there is to say, in order."""

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only

    def shown(self) -> list[Hint]:
        """Return the hints there is room for, in order."""
        kept = [self._spelt(hint) for hint in self.hints]
        while kept and sum(len(hint.key) + len(hint.label) + 3 for hint in kept) > self.size.width:
            kept.remove(max(kept, key=lambda hint: (hint.rank, kept.index(hint))))
        return kept

    def _spelt(self, hint: Hint) -> Hint:
        if not self._ascii:
            return hint
        key = hint.key.replace("⏎", "enter").replace("↑ ↓", "up down")
        label = hint.label.replace("…", "...")
        return replace(hint, key=key, label=label)

    def render(self) -> Text:
        """Draw the hints."""
        text = Text(" ", end="", no_wrap=True)
        for hint in self.shown():
            text.append(hint.key, self.get_component_rich_style("hint-bar--key", partial=True))
            label = f" {hint.label}  "
            text.append(label, self.get_component_rich_style("hint-bar--label", partial=True))
        return text

    async def on_click(self, event: events.Click) -> None:
        """Do what the hint under the mouse says."""
        start = 1
        for hint in self.shown():
            width = len(hint.key) + len(hint.label) + 3
            if start <= event.x < start + width:
                await self.screen.run_action(hint.action)
                return
            start += width
