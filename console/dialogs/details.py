"""A key in full where there is no room for the pane; its verbs work from here too."""

from collections.abc import Iterable
from enum import StrEnum

from textual.widget import Widget

from console.dialogs.dialog import SCROLLING, Dialog
from console.widgets.key_bar import Hint
from console.widgets.key_details import KeyDetails
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
        ("q", "back", "Back"),
        *SCROLLING,
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
        yield KeyDetails(prefix=self._prefix, ascii_only=self.ascii_only, named=False, id="in-full")

    def on_mount(self) -> None:
        """Say everything, and what can be done."""
        self.head(self._details.key.name)
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
        self.call_after_refresh(self._show)

    @property
    def _state(self) -> State:
        return self._details.key.state(self._now)

    def _show(self) -> None:
        self.query_one(KeyDetails).show(self._details, self._now)

    def on_resize(self) -> None:
        """Draw for the width there is."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def action_verb(self, verb: str) -> None:
        """Leave for another dialog about the same key."""
        self.dismiss(Verb(verb))
