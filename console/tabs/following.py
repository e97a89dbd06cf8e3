"""What a tab that lists something has in common: it reads again and again while it is seen."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from console.text.safe import safe
from console.widgets.leaving import in_thread, is_leaving
from console.widgets.row_list import RowList
from store.errors import KeydeckError, NotAllowed

if TYPE_CHECKING:
    from store.opening import Store
    from store.people import Actor

FOLLOW_EVERY = 0.8


class FollowingTab(Vertical):
    """Reads what it shows in a thread, at most once a second, and only while it is open."""

    def __init__(self, store: "Store", actor: "Actor", *, ascii_only: bool) -> None:
        super().__init__()
        self._store = store
        self._actor = actor
        self._ascii = ascii_only
        self._wake = asyncio.Event()

    def on_mount(self) -> None:
        """Begin to follow the store."""
        self.follow()

    def read(self) -> Callable[[], None]:
        """Read the store, in a thread, and return what draws it. Raises KeydeckError."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Read now."""
        self._wake.set()

    def take_focus(self) -> None:
        """Take the focus, having been opened."""
        self.query_one(RowList).focus()
        self.look_again()

    @work(exclusive=True, group="follow-rows")
    async def follow(self) -> None:
        """Read and draw, again and again."""
        while not is_leaving(self):
            self._wake.clear()
            if self.display:
                try:
                    draw = await in_thread(self, self.read)
                except KeydeckError as error:
                    self._say(str(error))
                    if isinstance(error, NotAllowed):
                        self.query_one(RowList).show(())
                else:
                    self._say("")
                    draw()
            try:
                await asyncio.wait_for(self._wake.wait(), FOLLOW_EVERY)
            except TimeoutError:
                continue

    def _say(self, sentence: str) -> None:
        line = self.query_one(".why-not", Static)
        line.update(Content(safe(sentence)))
        line.display = bool(sentence)

    @on(Input.Submitted)
    def _leave_field(self, event: Input.Submitted) -> None:
        event.stop()
        event.input.can_focus = False
        self.query_one(RowList).focus()
