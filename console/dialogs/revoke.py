"""Revoke: what would stop, who is affected, and a name to type before it happens."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.key_words import held_by, succeeds, traffic
from console.text.safe import safe
from console.widgets.field import Field
from console.widgets.key_bar import Hint
from console.widgets.parts import button, line, row
from store.keys import Key
from store.names import fold
from store.scopes import in_words
from store.secrets import shown
from store.service.keys import Details

LONG = 40
"""A name longer than this is confirmed more easily by the beginning of its id."""


@dataclass(frozen=True, slots=True)
class RevokeRequest:
    """Why a key is revoked, if that was said."""

    reason: str | None


class RevokeDialog(Dialog[RevokeRequest | None]):
    """Asks for the name: enter alone, pressed twice by accident, does nothing."""

    def __init__(
        self,
        details: Details,
        successor: Key | None,
        now: int,
        *,
        prefix: str,
        ascii_only: bool = False,
    ) -> None:
        """Ask about a key; `successor` is the one that replaces it, if one does."""
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._successor = successor
        self._now = now
        self._prefix = prefix
        self._start = shown(prefix, details.key.id).removesuffix("…")

    def body(self) -> Iterable[Widget]:
        """Return what the key is and does, the warning, the two fields."""
        key = self._details.key
        yield row("Key", Static(f"{self._start}…", classes="means", markup=False))
        yield row("Can", Static(safe(in_words(key.scopes)), classes="means", markup=False))
        yield row("Held by", Static(safe(held_by(self._details)), classes="means", markup=False))
        yield row("Traffic", line("traffic", "means"))
        if self._successor is not None:
            yield row("Successor", line("successor", "means"))
        yield Static(
            "Every request with it is refused from the moment this is committed. It cannot be "
            "undone.",
            classes="caution gap",
            markup=False,
        )
        wanted = self._start if len(key.name) > LONG else safe(key.name)
        yield row("Confirm", Field(placeholder=f"type {wanted}", id="confirm"), "gap")
        yield row("Reason", Field(placeholder="optional, for the audit", id="reason"))

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons, the harmless one first."""
        return button("Cancel", "back"), button("Revoke", "go")

    def on_mount(self) -> None:
        """Begin where the name is typed: enter on Cancel would leave unseen."""
        self.head(f"Revoke “{self._details.key.name}”")
        recent, said = traffic(self._details, self._now)
        self.query_one("#traffic", Static).update(
            Content.styled(safe(said), "$warning" if recent else "$dim")
        )
        if self._successor is not None:
            ready, said = succeeds(self._successor, self._now, self._prefix)
            self.query_one("#successor", Static).update(
                Content.styled(safe(said), "$dim" if ready else "$warning")
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
        if not self._confirmed(field.value.strip()):
            self.wrong(
                f"Type “{safe(self._details.key.name)}” or {self._start} to revoke it."
                if not field.value.strip()
                else f"That is not it. Type “{safe(self._details.key.name)}” or {self._start}."
            )
            field.focus()
            return
        self.dismiss(RevokeRequest(self.query_one("#reason", Field).value.strip() or None))

    def _confirmed(self, typed: str) -> bool:
        key = self._details.key
        start = self._start.removeprefix(f"{self._prefix}_")
        by_id = typed.removeprefix(f"{self._prefix}_")
        # A name is compared as the store compares names: an é typed in another form is the same.
        return fold(typed) == fold(key.name) or (
            by_id.startswith(start) and key.id.startswith(by_id)
        )
