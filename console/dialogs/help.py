"""What the keys do."""

import textwrap
from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLL, SCROLLING, Dialog
from console.text.safe import safe
from console.widgets.hint_bar import Hint, Sections
from console.widgets.parts import line

_KEY = 14
_AROUND = 10
"""Cells of the dialog that are none of the text's, its scroll bar included."""


class HelpDialog(Dialog[None]):
    """Lists keys by what they are about."""

    BINDINGS = [  # noqa: RUF012
        ("question_mark,f1,q", "back", "Back"),
        ("t", "topics", "Topics"),
        *SCROLLING,
    ]

    def __init__(self, sections: Sections, *, ascii_only: bool = False) -> None:
        """Show `sections`: each a heading, and keys with what they do."""
        super().__init__(ascii_only=ascii_only)
        self._sections = sections

    def body(self) -> Iterable[Widget]:
        """Return one block a section."""
        for number, _ in enumerate(self._sections):
            yield line(f"section-{number}", "gap" if number else "")

    def on_mount(self) -> None:
        """Say how to leave."""
        self.head("What the keys do")
        self.hint(SCROLL, Hint("t", "Topics", "topics"), Hint("esc", "Close", "back"))

    def on_resize(self) -> None:
        """Wrap for the width there is."""
        room = max(10, min(self.size.width, 76) - _AROUND - _KEY)
        for number, (heading, keys) in enumerate(self._sections):
            lines = [Content.styled(safe(heading), "$dim")]
            for key, does in keys:
                spelt = key.replace("↑ ↓", "up down") if self.ascii_only else key
                for first in textwrap.wrap(safe(does), room):
                    lines.append(Content.assemble((f"  {spelt:<{_KEY}}", "$accent"), first))
                    spelt = ""
            self.query_one(f"#section-{number}", Static).update(Content("\n").join(lines))
        super().on_resize()

    def action_topics(self) -> None:
        """List the topics, and show the one that is chosen."""
        from console import topics
        from console.dialogs.topic import TopicDialog, TopicsDialog

        def show(chosen: int | None) -> None:
            if chosen is not None:
                topic = topics.topic(topics.names()[chosen])
                self.app.push_screen(TopicDialog(topic, ascii_only=self.ascii_only))

        self.app.push_screen(TopicsDialog(ascii_only=self.ascii_only), show)
