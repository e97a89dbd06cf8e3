"""A key in full where there is no room for the pane; its verbs work from here too."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum

from textual import work
from textual.binding import Binding
from textual.widget import Widget

from console.dialogs.dialog import READ_ONLY, SCROLLING, Dialog
from console.text import key_words
from console.widgets.key_bar import Hint
from console.widgets.key_details import KeyDetails
from console.widgets.leaving import still
from store.errors import KeydeckError
from store.keys import Note, State
from store.service.keys import Details

FOLLOW_EVERY = 0.5


class Verb(StrEnum):
    """What somebody who has read the details wants done. Each is a flow of `Verbs`."""

    CREATE = "create"
    SCOPE = "scope"
    EXTEND = "extend"
    ROTATE = "rotate"
    TRIM = "trim"
    REVOKE = "revoke"
    CONFIRM = "confirm"
    WHY = "why"


_HINTS = {
    Verb.CREATE: Hint("n", "New", "verb('create')", 2),
    Verb.SCOPE: Hint("s", "Scope", "verb('scope')"),
    Verb.ROTATE: Hint("r", "Rotate", "verb('rotate')"),
    Verb.EXTEND: Hint("e", "Extend", "verb('extend')", 1),
    Verb.TRIM: Hint("t", "Trim", "verb('trim')", 2),
    Verb.REVOKE: Hint("X", "Revoke", "verb('revoke')"),
    Verb.CONFIRM: Hint("i", "Stored", "verb('confirm')"),
    Verb.WHY: Hint("w", "Why", "verb('why')", 2),
}
_POSSIBLE = {
    State.ACTIVE: (Verb.SCOPE, Verb.ROTATE, Verb.EXTEND, Verb.REVOKE),
    State.EXPIRED: (Verb.CREATE, Verb.REVOKE),
    State.REVOKED: (Verb.CREATE,),
}


class DetailsDialog(Dialog[Verb | None]):
    """Shows a key, and goes on showing it as it changes."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "verb('create')", "New", show=False),
        Binding("s", "verb('scope')", "Scope", show=False),
        Binding("r", "verb('rotate')", "Rotate", show=False),
        Binding("e", "verb('extend')", "Extend", show=False),
        Binding("t", "verb('trim')", "Trim", show=False),
        Binding("X", "verb('revoke')", "Revoke", show=False),
        Binding("i", "verb('confirm')", "Stored", show=False),
        Binding("w", "verb('why')", "Why", show=False),
        Binding("q", "back", "Back", show=False),
        *SCROLLING,
    ]

    def __init__(
        self,
        details: Details,
        read: Callable[[], Awaitable[Details]],
        now: Callable[[], int],
        *,
        prefix: str,
        read_only: bool = False,
        ascii_only: bool = False,
    ) -> None:
        """Show `details`, then whatever `read` brings; `read_only` takes the verbs away."""
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._read = read
        self._now = now
        self._prefix = prefix
        self._read_only = read_only

    def body(self) -> Iterable[Widget]:
        """Return the details."""
        yield KeyDetails(
            prefix=self._prefix,
            ascii_only=self.ascii_only,
            in_pane=False,
            read_only=self._read_only,
            id="in-full",
        )

    def on_mount(self) -> None:
        """Say everything, and what can be done."""
        self.head(self._details.key.name)
        self.call_after_refresh(self._show)
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        in_the_way = False
        while True:
            await still(self, asyncio.sleep(FOLLOW_EVERY))
            trouble: str | None = None
            try:
                found = await still(self, self._read())
            except KeydeckError as error:
                found, trouble = self._details, str(error)
            if trouble is not None or in_the_way:
                self.wrong(trouble)
            in_the_way = trouble is not None
            if found.key.revision != self._details.key.revision and found.history:
                self.head(found.key.name, key_words.event(found.history[0], self._now())[0])
            self._details = found
            self._show()

    def _show(self) -> None:
        now = self._now()
        self.query_one(KeyDetails).show(self._details, now)
        key = self._details.key
        possible = () if self._read_only else _POSSIBLE[key.state(now)]
        if possible and Note.UNCONFIRMED in key.notes(now):
            possible = (*possible, Verb.CONFIRM)
        unneeded = self._details.unneeded
        if possible and unneeded is not None and not unneeded.revoke:
            possible = (*possible, Verb.TRIM)
        possible = (*possible, Verb.WHY)
        self.hint(*(_HINTS[verb] for verb in possible), Hint("esc", "Close", "back"))

    def on_resize(self) -> None:
        """Draw for the width there is."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def action_verb(self, verb: str) -> None:
        """Leave for another dialog about the same key, where more than reading is wanted."""
        if self._read_only and verb != Verb.WHY:
            self.wrong(READ_ONLY)
            return
        self.dismiss(Verb(verb))
