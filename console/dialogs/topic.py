"""The texts that `keydeck help` shows: all of them by name, and one."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console import topics
from console.dialogs.choose import ChooseDialog
from console.dialogs.dialog import SCROLL, SCROLLING, Dialog
from console.text.safe import safe
from console.text.topic_lines import lines
from console.topics import Topic
from console.widgets.hint_bar import Hint
from console.widgets.parts import line

_STYLES = {"head": "bold", "code": "$accent", "text": ""}
_AROUND = 10
"""Cells of the dialog that are none of the text's, its scroll bar included."""


class TopicsDialog(ChooseDialog):
    """Lists the topics."""

    def __init__(self, *, ascii_only: bool) -> None:
        """Begin at the first."""
        listed = [topics.topic(name) for name in topics.names()]
        names = [(one.name, one.summary) for one in listed]
        super().__init__("Topics", names, ascii_only=ascii_only)


class TopicDialog(Dialog[None]):
    """Shows a topic, to be scrolled."""

    BINDINGS = [("q", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(self, topic: Topic, *, ascii_only: bool = False) -> None:
        """Show `topic`."""
        super().__init__(ascii_only=ascii_only)
        self._topic = topic

    def body(self) -> Iterable[Widget]:
        """Return the text."""
        yield line("topic")

    def on_mount(self) -> None:
        """Say how to leave, and where else it can be read."""
        self.head(self._topic.title, f"keydeck help {self._topic.name}")
        self.hint(SCROLL, Hint("esc", "Close", "back"))

    def on_resize(self) -> None:
        """Wrap for the width there is."""
        room = max(10, min(self.size.width, 76) - _AROUND)
        after = self._topic.spoken.partition("\n\n")[2]
        shown = [Content.styled(safe(text), _STYLES[kind]) for kind, text in lines(after, room)]
        self.query_one("#topic", Static).update(Content("\n").join(shown))
        super().on_resize()
