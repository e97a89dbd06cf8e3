"""Copy once: the only screen that ever shows a full key."""

from collections.abc import Callable, Iterable
from time import monotonic

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.matches import matches
from console.clipboard.outcome import Outcome
from console.dialogs.dialog import MOVE, Dialog
from console.text import curl
from console.text.answering import Answering
from console.text.copy_words import not_it
from console.text.safe import safe
from console.widgets.field import PasteBack
from console.widgets.handover import Handover, Sinks
from console.widgets.hint_bar import Hint
from console.widgets.key_line import KeyLine
from console.widgets.parts import button, line
from store.domain.key_string import Secret
from store.domain.keys import Key

HOW_TO_LEAVE = "Esc would lose the key. Store it, then press i: “I have stored it”."
NOT_PROVEN = "Not proven yet. Press again to close: it cannot be shown again."
STILL_RUNNING = "The command is still running. Wait for what it says."
NARROW = "Too narrow for one line: a selection by mouse would hold a break. Copy it instead."


class RevealDialog(Dialog[bool]):
    """Shows a new key once, and says honestly what is known of where it went.

    Dismissed with True, and only by somebody who says that the key is stored.
    """

    ALLOW_SELECT = False

    holds_secret = True

    BINDINGS = [  # noqa: RUF012
        Binding("c", "copy", "Copy", show=False),
        Binding("b", "blank", "Blank the clipboard", show=False),
        Binding("w", "write", "Write file", show=False),
        Binding("p", "pipe", "Pipe to a command", show=False),
        Binding("i", "stored", "I have stored it", show=False),
    ]

    def __init__(
        self,
        key: Key,
        secret: Secret,
        *,
        prefix: str,
        api: Answering,
        copy: Callable[[Secret], Outcome],
        sinks: Sinks | None,
        heading: str,
        ascii_only: bool = False,
    ) -> None:
        """Show `secret`. `copy` and the sinks block and run in threads; a guest has no sinks.

        `heading` says what was done: “Website is ready.”
        """
        super().__init__(ascii_only=ascii_only)
        self.key = key
        self._secret: Secret | None = secret
        self._prefix = prefix
        self._api = api
        self._copy = copy
        self._sinks = sinks
        self._heading = heading
        self._proven = False
        self._asked = False
        self._palette = True

    def body(self) -> Iterable[Widget]:
        """Return the key on its line, the ways to take it, and a way to prove it."""
        secret = self._secret or Secret("")
        yield KeyLine(secret)
        yield Static(NARROW, id="narrow", markup=False)
        yield Handover(secret, self._copy, self._sinks, ascii_only=self.ascii_only)
        with Horizontal(classes="row gap"):
            yield Static("Check", classes="label", markup=False)
            yield PasteBack(len(secret.reveal()), id="paste")
        with Horizontal(classes="row"):
            yield Static("", classes="label", markup=False)
            yield line("proof", "means")
        with Horizontal(classes="row gap"):
            yield Static("Try it", classes="label", markup=False)
            lines = curl.lines(self._api.address, self.key.scopes)
            text = Content("\n").join(Content(safe(command)) for command in lines)
            if self._api.note is not None:
                text = Content("\n").join((text, Content.styled(safe(self._api.note), "$warning")))
            yield Static(text, classes="means", markup=False)

    def actions(self) -> Iterable[Widget]:
        """Return the only way out."""
        return (button("I have stored it", "stored"),)

    def on_mount(self) -> None:
        """Begin at the button that copies; nothing opens over the key."""
        self.head(self._heading)
        self.query_one("#aside", Static).update(
            Content.styled("Shown once: now, and never again.", "$warning")
        )
        self._tell("a paste here proves that your clipboard holds it", "$faint")
        self._hint()
        self.query_one("#copy").focus()
        self._palette = self.app.use_command_palette
        self.app.use_command_palette = False

    def _begin(self) -> None:
        super()._begin()
        # A second enter on what made the key would copy it, unasked.
        self.drawn_at = monotonic()

    @property
    def _handover(self) -> Handover:
        return self.query_one(Handover)

    @on(events.DescendantFocus, "#paste")
    @on(events.DescendantBlur, "#paste")
    @on(Handover.Sent)
    def _hint(self) -> None:
        if isinstance(self.focused, PasteBack):
            self.hint(Hint("enter", "Check", "check"), Hint("esc", "Leave the field", "back"), MOVE)
            return
        sinks = (Hint("w", "Write file", "write"), Hint("p", "Pipe", "pipe"))
        self.hint(
            Hint("c", "Copy", "copy"),
            *((Hint("b", "Blank clipboard", "blank"),) if self._handover.sent else ()),
            *(sinks if self._sinks else ()),
            Hint("i", "Stored", "stored"),
            MOVE,
            Hint("enter", "Press", "press", 1),
        )

    def on_unmount(self) -> None:
        """Let go of the key however the dialog ends."""
        self.app.use_command_palette = self._palette
        self._forget()

    def on_resize(self) -> None:
        """Say so where the key needs two rows."""
        super().on_resize()
        self.call_after_refresh(self._measure)

    def _measure(self) -> None:
        self.query_one("#narrow").display = self.query_one(KeyLine).wraps

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste that arrived anywhere."""
        self.query_one(PasteBack).receive(event)

    @on(PasteBack.Returned)
    def _returned(self, event: PasteBack.Returned) -> None:
        if self._secret is None:
            return
        if matches(self._secret, event.text.reveal()):
            tick = "+" if self.ascii_only else "✓"
            self._tell(f"{tick} Your clipboard holds this key.", "$state-active")
            self._prove()
        else:
            returned = event.text.reveal()
            self._tell(not_it(self._secret, returned, self._prefix), "$warning")
            # Not into the field: what the bar names next would be typed there.
            self.query_one("#copy").focus()

    def action_copy(self) -> None:
        """Copy the key."""
        self._handover.copy()

    def action_blank(self) -> None:
        """Put a blank where the key was sent."""
        if self._handover.blank():
            self._tell("", "$faint")

    def action_write(self) -> None:
        """Write the key to a file."""
        self._handover.write()

    def action_pipe(self) -> None:
        """Ask for a command that the key is piped to."""
        self._handover.ask()

    @on(Handover.Stored)
    def _prove(self) -> None:
        self._proven = True
        self.wrong(None)
        self.query_one("#stored").focus()

    @on(Button.Pressed, "#stored")
    def action_stored(self) -> None:
        """Close it, of a key that is not known to be stored when that is said twice."""
        if self._handover.piping:
            self.wrong(STILL_RUNNING)
        elif self._proven or self._asked:
            self._forget()
            self.dismiss(True)
        else:
            self._asked = True
            self.wrong(NOT_PROVEN)

    def action_back(self) -> None:
        """Leave a field; else say how to leave: closing by accident would lose the key."""
        if isinstance(self.focused, PasteBack):
            self.focused.clear()
            self.query_one("#copy").focus()
        elif not self._handover.close():
            self.wrong(HOW_TO_LEAVE)

    def action_check(self) -> None:
        """Compare what stands in the field."""
        self.query_one(PasteBack).give_back()

    def action_press(self) -> None:
        """Press the button that has the focus."""
        if isinstance(self.focused, Button):
            self.focused.press()

    def _answers(self) -> tuple[object, ...]:
        # What is said here is about leaving: nothing that is typed takes it back.
        return ()

    def _tell(self, sentence: str, tone: str) -> None:
        self.query_one("#proof", Static).update(Content.styled(sentence, tone))

    def _forget(self) -> None:
        self._secret = None
        for handover in self.query(Handover):
            handover.forget()
        for drawn in self.query(KeyLine):
            drawn.forget()
        for field in self.query(PasteBack):
            field.clear()
