"""What a tab that lists something has in common: it reads again and again while it is seen."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.tabs.tab import Tab
from console.text.safe import safe
from console.widgets.leaving import in_thread
from console.widgets.polling import poll
from console.widgets.row_list import RowList
from store.errors import AdminsOnly, KeydeckError

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.store import Store

FOLLOW_EVERY = 0.8
"""Seconds between two looks at the store: a change made elsewhere shows within one."""


class PollingTab(Tab):
    """Reads what it shows in a thread, about once a second, and only while it is open."""

    class Refused(Message):
        """The store cannot be read, or no longer by this person."""

        def __init__(self, error: KeydeckError) -> None:
            super().__init__()
            self.error = error

    class Reached(Message):
        """The store answered."""

    def __init__(self, store: "Store", actor: "Actor", *, ascii_only: bool) -> None:
        super().__init__()
        self._store = store
        self._actor = actor
        self._ascii = ascii_only
        self._wake = asyncio.Event()
        self._asked, self._answered = 1, 0
        """Which question this is, and the last one whose answer is drawn."""
        self._refusal = ""

    def on_mount(self) -> None:
        """Begin to follow the store."""
        self.follow()

    def read(self) -> Callable[[], None] | None:
        """Read the store, in a thread, and return what draws it; None where nothing has changed.

        Raises KeydeckError.
        """
        raise NotImplementedError

    def look_again(self, key_id: str | None = None) -> None:
        """Read now."""
        self._asked += 1
        self._wake.set()

    @property
    def behind(self) -> bool:
        """Whether what is drawn answers an older question, unless the next one is being typed."""
        return self._answered != self._asked and not isinstance(self.screen.focused, Input)

    def take_focus(self) -> None:
        """Take the focus, having been opened."""
        self.query_one(RowList).focus()
        self.look_again()

    def refuses(self) -> bool:
        """Return whether nothing can be done here; say why, then."""
        if self._refusal:
            self.host.say(self.why_not(self._refusal))
        return bool(self._refusal)

    def why_not(self, refusal: str) -> str:
        """Return what to say where the store has refused to list something."""
        return refusal

    def action_open(self) -> None:
        """Open the current row."""
        self.query_one(RowList).action_open()

    @work(exclusive=True, group="follow-rows")
    async def follow(self) -> None:
        """Read and draw, again and again."""
        await poll(
            self,
            self._read,
            lambda draw: draw(),
            self._trouble,
            every=FOLLOW_EVERY,
            wake=self._wake,
            at_once=True,
        )

    async def _read(self) -> Callable[[], None]:
        asked = self._asked
        try:
            found = await in_thread(self, self.read)
        except AdminsOnly as error:
            found = partial(self._close, error)

        def draw() -> None:
            if found is not None:
                found()
            self._answered = asked

        return draw

    def _close(self, refusal: AdminsOnly) -> None:
        self.refuse(refusal)
        self.query_one(RowList).show(())

    def _trouble(self, error: KeydeckError | None) -> bool:
        # Each message lets a screen behind a dialog draw all of itself anew.
        if error is None:
            self.post_message(self.Reached())
        else:
            self.unread()
            self._answered = self._asked
            self.post_message(self.Refused(error))
        return True

    def unread(self) -> None:
        """The store cannot be read: what is drawn is how it was."""

    def refuse(self, error: AdminsOnly | None) -> None:
        """Say above the list why there is less, or nothing, to see; None takes it away."""
        sentence = "" if error is None else str(error)
        if sentence != self._refusal:
            self._refusal = sentence
            line = self.query_one(".why-not", Static)
            line.update(Content(safe(sentence)))
            line.display = bool(sentence)
