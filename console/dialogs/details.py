"""A key in full where there is no room for the pane; its verbs work from here too."""

from collections.abc import Iterable
from enum import StrEnum

from textual import on
from textual.widget import Widget
from textual.widgets import Button

from console.dialogs.dialog import Dialog
from console.widgets.key_bar import Hint
from console.widgets.key_details import KeyDetails
from console.widgets.parts import button
from store.keys import State
from store.service.keys import Details


class Verb(StrEnum):
    """What somebody who has read the details wants done."""

    SCOPE = "scope"
    ROTATE = "rotate"
    REVOKE = "revoke"


class DetailsDialog(Dialog[Verb | None]):
    """Shows a key as it was when it was opened."""

    BINDINGS = [  # noqa: RUF012
        ("s", "verb('scope')", "Scope"),
        ("r", "verb('rotate')", "Rotate"),
        ("X", "verb('revoke')", "Revoke"),
        ("down,j", "scroll(1)", "Down"),
        ("up,k", "scroll(-1)", "Up"),
        ("pagedown,space", "scroll(10)", "Page down"),
        ("pageup", "scroll(-10)", "Page up"),
        ("q", "back", "Back"),
    ]

    def __init__(
        self, details: Details, now: int, *, prefix: str, ascii_only: bool = False
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._now = now
        self._prefix = prefix

    def body(self) -> Iterable[Widget]:
        """Return the details."""
        yield KeyDetails(prefix=self._prefix, ascii_only=self.ascii_only, id="in-full")

    def actions(self) -> Iterable[Widget]:
        """Return the way out."""
        return (button("Close", "back", primary=True),)

    def on_mount(self) -> None:
        """Say everything, and what can be done."""
        self.head("Key in full")
        close = Hint("esc", "Close", "back")
        revoke = Hint("X", "Revoke", "verb('revoke')")
        hints: tuple[Hint, ...] = (revoke, close)
        if self._state is State.ACTIVE:
            changes = (
                Hint("s", "Scope", "verb('scope')"),
                Hint("r", "Rotate", "verb('rotate')"),
            )
            hints = (*changes, revoke, close)
        elif self._state is State.REVOKED:
            hints = (close,)
        self.hint(*hints)
        self.query_one("#back").focus()
        self.call_after_refresh(self._show)

    @property
    def _state(self) -> State:
        return self._details.key.state(self._now)

    def _show(self) -> None:
        self.query_one(KeyDetails).show(self._details, self._now)

    def on_resize(self) -> None:
        """Draw for the width there is."""
        self.call_after_refresh(self._show)

    @on(Button.Pressed)
    def _close(self) -> None:
        self.action_back()

    def action_verb(self, verb: str) -> None:
        """Leave for another dialog about the same key."""
        self.dismiss(Verb(verb))

    def action_scroll(self, lines: int) -> None:
        """Scroll by a number of lines."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)
