"""A one-time enrolment code, shown once, to be handed over."""

from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.outcome import Outcome
from console.dialogs.dialog import Dialog
from console.text.copy_words import told
from console.text.safe import safe
from console.widgets.hint_bar import Hint
from console.widgets.key_line import KeyLine
from console.widgets.leaving import in_thread
from console.widgets.parts import button, line
from store.domain.key_string import Secret
from store.errors import KeydeckError


class CodeDialog(Dialog[None]):
    """Shows the code until somebody says that it is handed over. Esc does not lose it."""

    BINDINGS = [("c", "copy", "Copy")]  # noqa: RUF012

    holds_secret = True

    def __init__(
        self, email: str, code: Secret, copy: Callable[[Secret], Outcome], *, ascii_only: bool
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self._email = email
        self._code = code
        self._copy = copy

    def body(self) -> Iterable[Widget]:
        """Return the code, and what to do with it."""
        yield KeyLine(self._code)
        yield line("outcome", "means gap")
        yield Static(
            "Hand it over by a way that you trust: you vouch for whoever uses it. With it they "
            "choose a password, F2 at the console's sign-in; or, in another workspace already, "
            "accept, ^p there. It works once, within seven days, and is shown only now.",
            classes="means gap",
            markup=False,
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Copy", "copy", primary=True), button("I have handed it over", "done")

    def on_mount(self) -> None:
        """Begin at Copy."""
        self.head(f"Code for {self._email}")
        copies = "c copies it. Or select it: shift and the mouse."
        self.query_one("#outcome", Static).update(Content.styled(copies, "$dim"))
        self.hint(Hint("c", "Copy", "copy"), Hint("tab", "Move", "app.focus_next"))
        self.query_one("#copy").focus()

    def _begin(self) -> None:
        super()._begin()
        # A second enter on what made the code would copy it, unasked.
        self.drawn_at = monotonic()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the code."""
        self.run_worker(self._copying(), group="copy", exclusive=True)

    async def _copying(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, self._code))
        except (KeydeckError, OSError):
            sentence, tone = "Copying failed. Select it: shift and the mouse.", "$warning"
        else:
            sentence, tone = told(outcome, ascii_only=self.ascii_only)
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))

    @on(Button.Pressed, "#done")
    def _done(self) -> None:
        self.query_one(KeyLine).forget()
        self.dismiss(None)

    def action_back(self) -> None:
        """Stay: the code would be lost."""
        self.wrong("It is shown only now. Tab to “I have handed it over” once that is so.")
