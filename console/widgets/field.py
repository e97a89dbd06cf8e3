"""Inputs: one that takes no control character from a paste, and one for secrets."""

import re
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.widgets import Input

from console.text.pasted import key_id, masked
from console.text.safe import safe
from store.domain.key_string import Secret

if TYPE_CHECKING:
    from textual.worker import Worker

_WHOLE_KEY = re.compile(r"[a-z]{2,8}_[0-9A-Za-z]{12}_")


def holds_a_key(text: str) -> bool:
    """Return whether a text holds the beginning of a whole key, in its midst too."""
    return _WHOLE_KEY.search(text) is not None


class Field(Input):
    """A one-line input without border or blinking, safe to paste into.

    Textual draws what is pasted as it came, escape sequences included.
    """

    TAKING = frozenset({"right"})
    """Keys that take what is offered."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        max_length: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(
            safe(value),
            placeholder=placeholder,
            password=password,
            max_length=max_length,
            id=id,
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False

    def holds(self, event: events.Event) -> bool:
        """Return whether a key has to wait: what it would take is still being looked for.

        Without that it took nothing, and the next key meant what is only begun.
        """
        if not isinstance(event, events.Key) or event.key not in self.TAKING:
            return False
        return any(self.completes(one) for one in self.workers if not one.is_finished)

    def completes(self, worker: "Worker[object]") -> bool:
        """Return whether a worker looks for what the text can become."""
        return worker.node is self

    def _on_paste(self, event: events.Paste) -> None:
        # Both handlers would run otherwise: Textual calls one of each class.
        event.prevent_default()
        event.stop()
        taken = self.taken(event.text)
        if taken:
            self.replace(safe(taken.replace("\t", " ")), *self.selection)

    def taken(self, text: str) -> str:
        """Return what of a paste is taken: its first line."""
        return next(iter(text.strip().splitlines()), "")

    def action_paste(self) -> None:
        """Paste what was copied inside the console, in the same safe way."""
        self.post_message(events.Paste(self.app.clipboard))


class SearchField(Field):
    """A field to search in: of a whole key only the id stays, before anything is drawn.

    It takes the focus when it is asked to, or clicked, and gives it back.
    """

    def __init__(
        self,
        prefix: str,
        *,
        placeholder: str,
        id: str,  # noqa: A002
    ) -> None:
        # Before the rest: the first value is checked too.
        self._prefix = prefix
        super().__init__(placeholder=placeholder, id=id, max_length=200)

    def on_mount(self) -> None:
        """Let no tab key come here."""
        self.can_focus = False

    def validate_value(self, value: str) -> str:
        """Take the secret out of a key that is pasted or typed, and what no screen may get."""
        return safe(masked(value, self._prefix))

    def taken(self, text: str) -> str:
        """Return what of a paste is taken: a key's id wherever it stands, else the first line."""
        found = key_id(text, self._prefix)
        return f"{self._prefix}_{found}" if found else super().taken(text)

    def begin(self) -> None:
        """Let somebody type; what is there gives way to it."""
        self.can_focus = True
        self.focus()
        self.select_all()

    def leave(self) -> None:
        """Take no more."""
        self.can_focus = False


class SecretField(Field):
    """A field whose content leaves it in one way only: as a `Secret`, once.

    It neither copies nor cuts, and does not take Textual's own clipboard, which would prove
    nothing about the terminal's.
    """

    def take(self) -> Secret:
        """Return what was typed and forget it."""
        typed = Secret(self.value.strip())
        self.clear()
        return typed

    def action_copy(self) -> None:
        """Do nothing: what is in here is not to be spread."""

    def action_cut(self) -> None:
        """Do nothing: what is in here is not to be spread."""

    def action_paste(self) -> None:
        """Do nothing: only the terminal's own paste counts."""


class PasteBack(SecretField):
    """Takes a key back to be compared: pasted, or typed by a terminal without bracketed paste."""

    class Returned(Message):
        """Something was given back. The field holds it no longer."""

        def __init__(self, text: Secret) -> None:
            super().__init__()
            self.text = text

    def __init__(self, length: int, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder="paste here to check", password=True, id=id)
        self._length = length

    def receive(self, event: events.Paste) -> None:
        """Take a paste, wherever in the dialog it arrived, without drawing it."""
        event.stop()
        self.clear()
        self.post_message(self.Returned(Secret(event.text.strip())))

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        self.receive(event)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Compare as soon as a whole key's length is there."""
        event.stop()
        if len(self.value) >= self._length:
            self.post_message(self.Returned(self.take()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Compare what is there."""
        event.stop()
        self.give_back()

    def give_back(self) -> None:
        """Hand over what is there, if anything, to be compared."""
        if self.value:
            self.post_message(self.Returned(self.take()))


class KeyOrNameField(SecretField):
    """Shows an id or a name as typed, and masks a whole key before its secret part is drawn."""

    def validate_value(self, value: str) -> str:
        """Mask from the character on that begins a secret."""
        self.password = _WHOLE_KEY.match(value.strip()) is not None
        return value
