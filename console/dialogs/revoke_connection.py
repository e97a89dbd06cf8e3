"""Revoke a connection: what would stop, and the assistant's name to type before it happens."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.connection_words import traffic
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.key_bar import Hint
from console.widgets.parts import button, line, row
from store.names import fold
from store.scopes import in_words
from store.service.connections import ConnectionDetails

LONG = 40
"""A name longer than this is confirmed more easily by the beginning of the id."""
_START = 5


@dataclass(frozen=True, slots=True)
class RevokeConnection:
    """Why a connection is revoked, if that was said."""

    reason: str | None


class RevokeConnectionDialog(Dialog[RevokeConnection | None]):
    """Asks for the name: enter alone, pressed twice by accident, does nothing."""

    def __init__(self, details: ConnectionDetails, now: int, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._one = details.connection
        self._start = details.connection.id[:_START]
        self._now = now

    def body(self) -> Iterable[Widget]:
        """Return what it is and does, the warning, the two fields."""
        one = self._one
        yield row("Id", Static(one.id, classes="means", markup=False))
        yield row("Answer to", Static(safe(one.redirect_host), classes="means", markup=False))
        yield row("Can", Static(safe(in_words(one.scopes)), classes="means", markup=False))
        yield row("Traffic", line("traffic", "means"))
        yield Static(
            "Every call of it is refused from the moment this is committed. It cannot be undone; "
            "the assistant can be connected anew.",
            classes="caution gap",
            markup=False,
        )
        wanted = self._start if len(one.name) > LONG else safe(one.name)
        yield row("Confirm", Field(placeholder=f"type {wanted}", id="confirm"), "gap")
        yield row("Reason", Field(placeholder="optional, for the audit", id="reason"))

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button("Revoke", "go")

    def on_mount(self) -> None:
        """Begin where the name is typed: enter on Cancel would leave unseen."""
        super().on_mount()
        self.head(f"Revoke the connection of “{self._one.name}”")
        recent, said = traffic(self._details, self._now)
        self.query_one("#traffic", Static).update(
            Content.styled(safe(said), "$warning" if recent else "$dim")
        )
        typed = Hint("type", "the name, then", "app.focus_next")
        self.hint(typed, Hint("enter", "Revoke", "go"), MOVE, BACK)
        self.query_one("#confirm").focus()

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Answer, once the name is right."""
        field = self.query_one("#confirm", Field)
        typed = field.value.strip()
        if fold(typed) == fold(self._one.name) or (
            typed.startswith(self._start) and self._one.id.startswith(typed)
        ):
            reason = self.query_one("#reason", Field).value.strip()
            self.dismiss(RevokeConnection(reason or None))
            return
        self.wrong(f"Type “{safe(self._one.name)}” or {self._start} to revoke it.")
        field.focus()
