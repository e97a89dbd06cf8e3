"""What the keys do."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLL, SCROLLING, Dialog
from console.text.safe import safe
from console.widgets.key_bar import Hint

Sections = Sequence[tuple[str, Sequence[tuple[str, str]]]]


class HelpDialog(Dialog[None]):
    """Lists keys by what they are about."""

    BINDINGS = [("question_mark,q", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(self, sections: Sections, *, ascii_only: bool = False) -> None:
        """Show `sections`: each a heading, and keys with what they do."""
        super().__init__(ascii_only=ascii_only)
        self._sections = sections

    def body(self) -> Iterable[Widget]:
        """Return one block a section."""
        for number, (heading, keys) in enumerate(self._sections):
            lines = [Content.styled(safe(heading), "$dim")]
            for key, does in keys:
                spelt = key.replace("↑ ↓", "up down") if self.ascii_only else key
                lines.append(Content.assemble((f"  {spelt:<11}", "$accent"), safe(does)))
            text = Content("\n").join(lines)
            yield Static(text, classes="gap" if number else "", markup=False)

    def on_mount(self) -> None:
        """Say how to leave."""
        self.head("What the keys do")
        self.hint(SCROLL, Hint("esc", "Close", "back"))
