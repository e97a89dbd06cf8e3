"""The record of an offboarding, and the ways to take it to a ticket."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.outcome import Outcome
from console.dialogs.dialog import MOVE, SCROLLING, Dialog
from console.text.copy_words import told
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.leaving import in_thread
from console.widgets.parts import button, line, lines
from store.domain.key_string import Secret
from store.errors import KeydeckError


class RecordDialog(Dialog[None]):
    """Says what became of each key; copies or writes the same as Markdown."""

    BINDINGS = [("c", "copy", "Copy"), ("w", "write", "Write"), *SCROLLING]  # noqa: RUF012

    def __init__(
        self,
        title: str,
        record: Iterable[str],
        markdown: str,
        copy: Callable[[Secret], Outcome],
        write: Callable[[str], Path] | None,
        *,
        ascii_only: bool = False,
    ) -> None:
        """`copy` and `write` block and run in threads; a guest has no `write`."""
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._record = tuple(record)
        self._markdown = markdown
        self._copy = copy
        self._write = write

    def body(self) -> Iterable[Widget]:
        """Return the record, and what became of its copies."""
        yield Static(lines(*self._record))
        yield line("outcome", "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the ways on."""
        write = (button("Write file", "write"),) if self._write else ()
        return (button("Close", "close", primary=True), button("Copy Markdown", "copy"), *write)

    def on_mount(self) -> None:
        """Begin at the way out: the audit has the record already."""
        super().on_mount()
        self.head(self._title)
        write = (Hint("w", "Write file", "write"),) if self._write else ()
        self.hint(Hint("c", "Copy", "copy"), *write, MOVE, Hint("esc", "Close", "back"))
        self.query_one("#close").focus()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the Markdown."""
        self.run_worker(self._copying(), group="take", exclusive=True)

    async def _copying(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(self._markdown)))
        except (KeydeckError, OSError):
            self._tell("Copying failed.", "$warning")
        else:
            self._tell(*told(outcome, ascii_only=self.ascii_only))

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write the Markdown to a file."""
        if self._write is not None:
            self.run_worker(self._writing(self._write), group="take", exclusive=True)

    async def _writing(self, write: Callable[[str], Path]) -> None:
        try:
            path = await in_thread(self, partial(write, self._markdown))
        except (KeydeckError, OSError) as error:
            self._tell(str(error), "$warning")
        else:
            self._tell(f"Written to {path}.", "$state-active")

    def _tell(self, sentence: str, tone: str) -> None:
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
