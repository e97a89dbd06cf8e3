"""Which route decides about a request, what it needs, and which keys may."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import MOVE, Dialog
from console.text.safe import safe
from console.widgets.field import SearchField
from console.widgets.hint_bar import Hint
from console.widgets.leaving import still
from console.widgets.parts import button, line, row
from store.errors import KeydeckError


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a request, in sentences."""

    sentence: str
    passes: bool
    """Whether some key passes, or it needs none."""
    who: str = ""
    filter: str | None = None
    """What finds the keys that may; None where none does."""


class RequestDialog(Dialog[str | None]):
    """Tests one request after the other; answers with a filter that finds the keys which may."""

    def __init__(
        self,
        look: Callable[[str], Awaitable[Judged]],
        *,
        prefix: str,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self._look = look
        self._prefix = prefix
        self._asked = ""
        self._filter: str | None = None

    def body(self) -> Iterable[Widget]:
        """Return the field and what is said below it."""
        yield row(
            "Request", SearchField(self._prefix, placeholder="DELETE /invoices/7", id="asked")
        )
        said = line("said", "gap")
        said.display = False
        yield said

    def actions(self) -> Iterable[Widget]:
        """Return the way to the keys."""
        shows = button("Show these keys", "show")
        shows.display = False
        return (shows,)

    def on_mount(self) -> None:
        """Begin at the field."""
        super().on_mount()
        self.head("Test a request", "nothing is sent")
        self.hint(Hint("enter", "Test", "go"), MOVE, Hint("esc", "Close", "back"))
        self.query_one("#actions").display = False
        self.query_one(SearchField).begin()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_go()

    @on(Input.Changed)
    def _asked_otherwise(self, event: Input.Changed) -> None:
        """Take an answer away that is none to what the field holds now."""
        if event.input.value.strip() != self._asked:
            self.workers.cancel_group(self, "test")
            self._asked = ""
            self._say(Content(""), None)

    def action_go(self) -> None:
        """Test what the field holds."""
        asked = self.query_one(SearchField).value.strip()
        if asked:
            self._asked = asked
            self._test(asked)
        else:
            self.wrong("Write a method and a path, such as DELETE /invoices/7.")

    @work(exclusive=True, group="test")
    async def _test(self, asked: str) -> None:
        try:
            tested = await still(self, self._look(asked))
        except KeydeckError as error:
            self._say(Content(""), None)
            self.wrong(str(error))
            return
        glyph, tone = ("✓", "$state-active") if tested.passes else ("✕", "$state-revoked")
        if self.ascii_only:
            glyph = "+" if tested.passes else "x"
        blocks = [Content.assemble((f"{glyph} ", tone), safe(tested.sentence))]
        if tested.who:
            blocks.append(Content(safe(tested.who)))
        self._say(Content("\n\n").join(blocks), tested.filter)
        self.wrong(None)

    def _say(self, content: Content, found: str | None) -> None:
        said = self.query_one("#said", Static)
        said.update(content)
        said.display = bool(content)
        self._filter = found
        for part in ("#actions", "#show"):
            self.query_one(part).display = found is not None

    @on(Button.Pressed, "#show")
    def _show(self) -> None:
        self.dismiss(self._filter)
