"""A field for the command that a new key is piped to, out of sight until it is asked for."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from console.widgets.field import Field, holds_a_key

EXAMPLE = "such as pass insert -m keydeck/website"


class CommandField(Field):
    """Takes a command, but no key: that would stand in the process list."""

    def _on_paste(self, event: events.Paste) -> None:
        if holds_a_key(event.text):
            # On to the dialog, which compares it.
            event.prevent_default()


class PipeTo(Horizontal):
    """The field and its label."""

    class Asked(Message):
        """A command is to be given the key."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def compose(self) -> ComposeResult:
        """Lay out the label and the field."""
        yield Static("Pipe to", classes="label", markup=False)
        yield CommandField(placeholder=EXAMPLE, max_length=1000, id="command")

    def on_mount(self) -> None:
        """Stay out of sight."""
        self.display = False

    def ask(self) -> None:
        """Come into sight and take what is typed."""
        self.display = True
        self.query_one(CommandField).focus()

    def close(self) -> bool:
        """Go out of sight again; return whether there was anything to see."""
        was, self.display = self.display, False
        return was

    @on(Input.Submitted)
    def _asked(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Asked(event.value))
