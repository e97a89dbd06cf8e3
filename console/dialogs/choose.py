"""Choosing one of a few things by name."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from console.dialogs.dialog import BACK, Dialog
from console.text.fit import fit
from console.text.safe import safe
from console.widgets.hint_bar import Hint


class ChooseDialog(Dialog[int | None]):
    """Lists names; answers with the position of the chosen one."""

    def __init__(
        self, title: str, names: Sequence[tuple[str, str]], at: int = 0, *, ascii_only: bool
    ) -> None:
        """`names` are names, each with a quiet word; `at` is the position to begin at."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._names = names
        self._at = at

    def body(self) -> Iterable[Widget]:
        """Return the list."""
        widest = min(40, max(cell_len(safe(name)) for name, _ in self._names))
        options = [
            Option(Content(f"{fit(safe(name), widest)}  {safe(word)}".rstrip()))
            for name, word in self._names
        ]
        yield OptionList(*options, id="choice", compact=True)

    def on_mount(self) -> None:
        """Begin at the current one."""
        self.head(self._title)
        self.hint(Hint("enter", "Choose", "go"), Hint("↑ ↓", "Move", "app.focus_next"), BACK)
        choice = self.query_one(OptionList)
        choice.highlighted = self._at
        choice.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
