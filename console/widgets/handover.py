"""The ways a new key can take, and what is known of each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from console.clipboard.file_sink import work_tree_of
from console.clipboard.outcome import Level, Outcome
from console.text.copy_words import told
from console.text.safe import safe
from console.widgets.leaving import MayLeave, in_thread
from console.widgets.parts import button, line, lines
from console.widgets.pipe_to import PipeTo
from store.domain.key_string import Secret
from store.errors import KeydeckError

HOW = "c copies it. Or select it: shift and the mouse."
WHERE = "w writes it to {place}."
IN_WORK_TREE = "That is in a git work tree: do not commit it."
HOW_TO_PIPE = "Enter runs it, without a shell; the key is its standard input."
BLANKED = "A blank was sent after it. A clipboard that keeps a history has the key still."
NOT_BLANKED = "The clipboard was not blanked: copy something else."


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where a key can go besides a clipboard. Both block, and raise KeydeckError or OSError."""

    save: Callable[[Secret], Path]
    """Writes it to a file, and returns which."""
    place: Path
    """Which one that will be."""
    pipe: Callable[[Secret, str], str]
    """Gives it to a command, and returns the sentence about that."""


class Handover(MayLeave, Vertical):
    """Buttons to copy, write and pipe a key, and one line about what became of it.

    Whatever blocks runs in a thread, and of each kind one at a time: a thread cannot be called
    back, so a second one would answer in the place of the first.
    """

    DEFAULT_CSS = "Handover { height: auto; }"

    class Sent(Message):
        """The key may be on a clipboard now, which can be blanked."""

    class Stored(Message):
        """The key is known to be where it was sent."""

    def __init__(
        self,
        secret: Secret,
        copy: Callable[[Secret], Outcome],
        sinks: Sinks | None,
        *,
        ascii_only: bool,
    ) -> None:
        super().__init__()
        self._secret: Secret | None = secret
        self._copy = copy
        self._sinks = sinks
        self._ascii = ascii_only
        self.sent = False
        """Whether there is something to blank."""
        self.piping = False
        """Whether a command is still running."""
        self._sending = False
        """Whether a copy, or a blank, is still on its way."""
        self._writing = False
        self._written: Path | None = None

    def compose(self) -> ComposeResult:
        """Lay out the buttons, the field for a command and the line."""
        with Horizontal(classes="gap takes"):
            yield button("Copy", "copy", primary=True)
            if self._sinks is not None:
                yield button("Write file", "write")
                yield button("Pipe to a command", "pipe")
        yield PipeTo(classes="row")
        yield line("outcome")

    def on_mount(self) -> None:
        """Say how to begin."""
        where = "" if self._sinks is None else WHERE.format(place=self._sinks.place)
        said = lines(HOW, where).stylize("$dim")
        if caution := self._caution():
            said = Content("\n").join((said, Content.styled(safe(caution), "$warning")))
        self.query_one("#outcome", Static).update(said)

    def _caution(self) -> str:
        """Return what is said of a file in a git work tree; nothing of one elsewhere."""
        tree = None if self._sinks is None else work_tree_of(self._sinks.place)
        return "" if tree is None else IN_WORK_TREE

    def forget(self) -> None:
        """Let go of the key."""
        self._secret = None

    def close(self) -> bool:
        """Close the field for a command; return whether it was open."""
        closed = self.query_one(PipeTo).close()
        if closed:
            self.query_one("#pipe").focus()
        return closed

    @on(Button.Pressed, "#copy")
    def copy(self) -> None:
        """Copy the key."""
        if self._secret is not None and not self._sending:
            self._sending = True
            self._tell("Copying…", "$dim")
            self.run_worker(self._copying(self._secret), group="copy")

    async def _copying(self, secret: Secret) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, secret))
        except (KeydeckError, OSError):
            self._tell("Copying failed. Select it: shift and the mouse.", "$warning")
            return
        finally:
            self._sending = False
        sentence, tone = told(outcome, ascii_only=self._ascii)
        if outcome.level is Level.SENT:
            sentence += " Paste below to check."
        self._tell(sentence, tone)
        if outcome.level is not Level.UNAVAILABLE:
            self.sent = True
            self.post_message(self.Sent())
        if outcome.level is Level.CONFIRMED:
            self.post_message(self.Stored())

    def blank(self) -> bool:
        """Put a blank where the key was sent: by hand only, for it may cover something newer.

        Return whether it goes there: not before the key does, which would cover it again.
        """
        if not self.sent or self._sending:
            return False
        self._sending = True
        self.run_worker(self._blanking(), group="copy")
        return True

    async def _blanking(self) -> None:
        try:
            outcome = await in_thread(self, partial(self._copy, Secret(" ")))
        except (KeydeckError, OSError):
            outcome = None
        finally:
            self._sending = False
        if outcome is None or outcome.level is Level.UNAVAILABLE:
            self._tell(NOT_BLANKED, "$warning")
        else:
            self._tell(BLANKED, "$dim")

    @on(Button.Pressed, "#write")
    def write(self) -> None:
        """Write the key to a file that only its owner can read."""
        if self._sinks is not None and self._secret is not None and not self._writing:
            self._writing = True
            self.run_worker(self._write(self._sinks.save, self._secret), group="write")

    async def _write(self, save: Callable[[Secret], Path], secret: Secret) -> None:
        def once() -> Path:
            before = self._written
            return before if before is not None and before.exists() else save(secret)

        try:
            self._written = await in_thread(self, once)
        except (KeydeckError, OSError) as error:
            self._tell(str(error), "$warning")
        else:
            done = f"Written to {self._written}, for you alone. Delete it once it is stored."
            self._done(f"{done} {self._caution()}".rstrip())
        finally:
            self._writing = False

    @on(Button.Pressed, "#pipe")
    def ask(self) -> None:
        """Ask for the command that the key is piped to."""
        if self._sinks is not None:
            self._tell(HOW_TO_PIPE, "$dim")
            self.query_one(PipeTo).ask()

    @on(PipeTo.Asked)
    def _pipe(self, event: PipeTo.Asked) -> None:
        # Not a second time while it runs: the thread of the first goes on.
        if self._sinks is not None and self._secret is not None and not self.piping:
            self.piping = True
            self._tell("Waiting for the command to end…", "$dim")
            giving = self._giving(self._sinks.pipe, self._secret, event.command)
            self.run_worker(giving, group="pipe")

    async def _giving(
        self, pipe: Callable[[Secret, str], str], secret: Secret, command: str
    ) -> None:
        try:
            output = await in_thread(self, partial(pipe, secret, command))
        except (KeydeckError, OSError) as error:
            self._tell(f"{'!' if self._ascii else '✕'} {error}", "$warning")
        else:
            self.query_one(PipeTo).close()
            self._done(output)
        finally:
            self.piping = False

    def _done(self, sentence: str) -> None:
        self._tell(f"{'+' if self._ascii else '✓'} {sentence}", "$state-active")
        self.post_message(self.Stored())

    def _tell(self, sentence: str, tone: str) -> None:
        self.query_one("#outcome", Static).update(Content.styled(safe(sentence), tone))
