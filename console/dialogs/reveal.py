"""Copy once: the only screen that ever shows a full key."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.clipboard.matches import matches
from console.clipboard.outcome import Level, Outcome
from console.dialogs.dialog import MOVE, Dialog
from console.text import curl
from console.text.outcomes import told
from console.text.safe import safe
from console.widgets.field import PasteBack
from console.widgets.key_bar import Hint
from console.widgets.key_line import KeyLine
from console.widgets.leaving import in_thread
from console.widgets.parts import button, line
from console.widgets.pipe_to import PipeTo
from store.errors import KeydeckError
from store.keys import Key
from store.secrets import Secret

HOW_TO_LEAVE = "Esc would lose the key. Store it, then press “I have stored it”."
NOT_PROVEN = "Not proven yet. Press again to close: it cannot be shown again."
STILL_RUNNING = "The command is still running. Wait for what it says."
HOW_TO_PIPE = "Enter runs it, without a shell; the key is its standard input."
BLANKED = "A blank was sent after it. A clipboard that keeps a history has the key still."
NARROW = "Too narrow for one line: a selection by mouse would hold a break. Copy it instead."


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where a key can go besides a clipboard. Both block, and raise KeydeckError or OSError."""

    save: Callable[[Secret], Path]
    """Writes it to a file, and returns which."""
    pipe: Callable[[Secret, str], str]
    """Gives it to a command, and returns the sentence about that."""


class RevealDialog(Dialog[bool]):
    """Shows a new key once, and says honestly what is known of where it went.

    Dismissed with True, and only by somebody who says that the key is stored.
    """

    ALLOW_SELECT = False

    BINDINGS = [  # noqa: RUF012
        Binding("c", "copy", "Copy", show=False),
        Binding("b", "blank", "Blank the clipboard", show=False),
        Binding("w", "write", "Write file", show=False),
        Binding("p", "pipe", "Pipe to a command", show=False),
    ]

    def __init__(
        self,
        key: Key,
        secret: Secret,
        *,
        prefix: str,
        api: str,
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
        self._piping = False
        self._sent = False

    def body(self) -> Iterable[Widget]:
        """Return the key on its line, the ways to take it, and a way to prove it."""
        secret = self._secret or Secret("")
        yield KeyLine(secret)
        yield Static(NARROW, id="narrow", markup=False)
        with Horizontal(classes="gap takes"):
            yield button("Copy", "copy", primary=True)
            if self._sinks is not None:
                yield button("Write file", "write")
                yield button("Pipe to a command", "pipe")
        yield PipeTo(classes="row")
        yield line("outcome")
        with Horizontal(classes="row gap"):
            yield Static("Check", classes="label", markup=False)
            yield PasteBack(len(secret.reveal()), id="paste")
        with Horizontal(classes="row"):
            yield Static("", classes="label", markup=False)
            yield line("proof", "means")
        with Horizontal(classes="row gap"):
            yield Static("Try it", classes="label", markup=False)
            lines = curl.lines(self._api, self.key.scopes)
            text = Content("\n").join(Content(safe(one)) for one in lines)
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
        self._tell("outcome", "c copies it. Or select it: shift and the mouse.", "$dim")
        self._tell("proof", "a paste here proves that your clipboard holds it", "$faint")
        self._hint()
        self.query_one("#copy").focus()
        self._palette = self.app.use_command_palette
        self.app.use_command_palette = False

    def _hint(self) -> None:
        sinks = (Hint("w", "Write file", "write"), Hint("p", "Pipe", "pipe"))
        self.hint(
            Hint("c", "Copy", "copy"),
            *((Hint("b", "Blank the clipboard", "blank"),) if self._sent else ()),
            *(sinks if self._sinks else ()),
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
            self._tell("proof", f"{self._tick()} Your clipboard holds this key.", "$state-active")
            self._prove()
        else:
            self._tell("proof", "That is not this key.", "$warning")
            self.query_one(PasteBack).focus()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the key, in a thread."""
        if self._secret is not None:
            self._tell("outcome", "Copying…", "$dim")
            self.run_worker(self._copying(), group="copy", exclusive=True)

    async def _copying(self) -> None:
        if self._secret is None:
            return
        try:
            outcome = await in_thread(self, partial(self._copy, self._secret))
        except (KeydeckError, OSError):
            self._tell("outcome", "Copying failed. Select it: shift and the mouse.", "$warning")
            return
        sentence, tone = told(outcome, ascii_only=self.ascii_only)
        if outcome.level is not Level.UNAVAILABLE:
            self._sent = True
            self._hint()
        if outcome.level is Level.SENT:
            sentence += " Paste below to check."
        self._tell("outcome", sentence, tone)
        if outcome.level is Level.CONFIRMED:
            self._prove()

    def action_blank(self) -> None:
        """Put a blank where the key was sent: by hand only, for it may cover something newer."""
        if self._sent:
            self.run_worker(self._blanking(), group="copy", exclusive=True)

    async def _blanking(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(" ")))
        except (KeydeckError, OSError):
            outcome = None
        if outcome is None or outcome.level is Level.UNAVAILABLE:
            self._tell("outcome", "The clipboard was not blanked: copy something else.", "$warning")
            return
        self._tell("outcome", BLANKED, "$dim")
        self._tell("proof", "", "$faint")

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write the key to a file that only its owner can read, in a thread."""
        if self._sinks is not None and self._secret is not None:
            self.run_worker(self._writing(self._sinks.save), group="write", exclusive=True)

    async def _writing(self, save: Callable[[Secret], Path]) -> None:
        if self._secret is None:
            return
        try:
            path = await in_thread(self, partial(save, self._secret))
        except KeydeckError as error:
            self._tell("outcome", str(error), "$warning")
        except OSError as error:
            self._tell("outcome", f"Not written: {error.strerror}.", "$warning")
        else:
            said = f"{self._tick()} Written to {path}, for you alone. Delete it once it is stored."
            self._tell("outcome", said, "$state-active")
            self._prove()

    @on(Button.Pressed, "#pipe")
    def action_pipe(self) -> None:
        """Ask for the command that the key is piped to."""
        if self._sinks is not None:
            self._tell("outcome", HOW_TO_PIPE, "$dim")
            self.query_one(PipeTo).ask()

    @on(PipeTo.Asked)
    def _pipe(self, event: PipeTo.Asked) -> None:
        # Not a second time while it runs: the thread of the first goes on.
        if self._sinks is not None and not self._piping:
            self._piping = True
            self._tell("outcome", "Waiting for the command to end…", "$dim")
            self.run_worker(self._giving(self._sinks.pipe, event.command), group="pipe")

    async def _giving(self, pipe: Callable[[Secret, str], str], command: str) -> None:
        secret = self._secret or Secret("")
        try:
            said = await in_thread(self, partial(pipe, secret, command))
        except (KeydeckError, OSError) as error:
            self._tell("outcome", f"{self._cross()} {error}", "$warning")
        else:
            self._tell("outcome", f"{self._tick()} {said}", "$state-active")
            self.query_one(PipeTo).close()
            self._prove()
        finally:
            self._piping = False

    def _prove(self) -> None:
        self._proven = True
        self.wrong(None)
        self.query_one("#stored").focus()

    @on(Button.Pressed, "#stored")
    def _stored(self) -> None:
        if self._piping:
            self.wrong(STILL_RUNNING)
        elif self._proven or self._asked:
            self._forget()
            self.dismiss(True)
        else:
            self._asked = True
            self.wrong(NOT_PROVEN)

    def action_back(self) -> None:
        """Say how to leave: closing by accident would lose the key."""
        if self.query_one(PipeTo).close():
            self.query_one("#pipe").focus()
        else:
            self.wrong(HOW_TO_LEAVE)

    def action_press(self) -> None:
        """Press the button that has the focus."""
        if isinstance(self.focused, Button):
            self.focused.press()

    def _tick(self) -> str:
        return "+" if self.ascii_only else "✓"

    def _cross(self) -> str:
        return "!" if self.ascii_only else "✕"

    def _tell(self, where: str, sentence: str, tone: str) -> None:
        self.query_one(f"#{where}", Static).update(Content.styled(safe(sentence), tone))

    def _forget(self) -> None:
        self._secret = None
        for drawn in self.query(KeyLine):
            drawn.forget()
        for field in self.query(PasteBack):
            field.clear()
