"""A question that is answered by typing a key's name: for what cuts somebody off."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.typed import TypedDialog
from console.text.safe import safe
from console.widgets.parts import lines
from store.domain.names import fold


class TypeNameDialog(TypedDialog[bool]):
    """Says what is done, and asks for the name."""

    def __init__(
        self, title: str, name: str, *sentences: str, caution: str, verb: str, ascii_only: bool
    ) -> None:
        """Say `sentences` and what is at stake; `verb` names what is done."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._wanted = name
        self._sentences = sentences
        self._caution = caution
        self.verb = verb

    def body(self) -> Iterable[Widget]:
        """Return what it means, the warning, the field."""
        yield Static(lines(*self._sentences), classes="means")
        yield Static(safe(self._caution), classes="caution gap", markup=False)
        yield self.confirm(safe(self._wanted))

    def on_mount(self) -> None:
        """Say what it is about."""
        self.head(self._title)

    def what_to_type(self) -> str:
        """Return what to type."""
        return f"Type “{self._wanted}” to do it all the same."

    def fits(self, typed: str) -> bool:
        """Return whether it is the name."""
        return fold(typed) == fold(self._wanted)

    def answer(self) -> bool:
        """Return that it is to be done."""
        return True

    def action_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(False)
