"""Work on many things: how far it is, a way to stop it, and what could not be done."""

import asyncio
from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLLING, Dialog
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.leaving import is_leaving
from console.widgets.parts import line, lines

_WIDTH = 40


class ProgressDialog(Dialog[bool]):
    """Shows a count while somebody else does the work. Esc stops it between two things.

    Its answer is whether what failed is to be done again. Taken away with the
    session, it says nothing more.
    """

    BINDINGS = [("q", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(self, title: str, total: int, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._title = title
        self._total = total
        self._failed: list[tuple[str, str]] = []
        self.stopped = False
        """Whether no further thing is to be begun."""
        self._over = False
        self._again = False

    def body(self) -> Iterable[Widget]:
        """Return the bar, what is being done, and what failed."""
        yield line("bar")
        yield line("at", "means")
        yield line("failed", "caution gap")

    def on_mount(self) -> None:
        """Say how to stop."""
        self.head(self._title)
        self.hint(Hint("esc", "Stop after this one", "back"))
        self.at(0, "")

    async def shown(self) -> None:
        """Wait until there is something to draw on."""
        while not (self._begun or self.stopped):
            await asyncio.sleep(0.01)

    def at(self, done: int, name: str) -> None:
        """Say that so many are done, and which one is next."""
        if is_leaving(self):
            return
        full = _WIDTH * done // max(1, self._total)
        mark, rest = ("#", ".") if self.ascii_only else ("█", "░")
        bar = Content.assemble((mark * full, "$accent"), (rest * (_WIDTH - full), "$faint"))
        count = f"  {done:,} of {self._total:,}"
        self.query_one("#bar", Static).update(Content.assemble(bar, count))
        self.query_one("#at", Static).update(Content(safe(name)))

    def failed(self, name: str, why: str) -> None:
        """Say that one could not be done."""
        if is_leaving(self):
            return
        self._failed.append((name, why))
        failures = lines(*(f"{name}: {why}" for name, why in self._failed))
        self.query_one("#failed", Static).update(failures)

    def over(self, sentence: str, again: str = "") -> None:
        """Say how it ended, and wait to be left; `again` names what enter does then."""
        if is_leaving(self):
            return
        self._over, self._again = True, bool(again)
        self.query_one("#at", Static).update(Content(safe(sentence)))
        hints = [Hint("enter", again, "go")] if again else []
        self.hint(*hints, Hint("esc", "Close", "back"))

    def action_back(self) -> None:
        """Stop; once it is over, leave."""
        if self._over:
            self.dismiss(False)
        else:
            self.stopped = True
            self.hint(Hint("…", "Stopping", "back"))

    def action_go(self) -> None:
        """Leave once it is over, for another go where there is one."""
        if self._over:
            self.dismiss(self._again)
