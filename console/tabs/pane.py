"""The pane beside the keys: the current one in full, read off the path of the cursor."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from console.widgets.key_details import KeyDetails
from console.widgets.leaving import in_thread, still
from store.domain.keys import Key
from store.errors import KeydeckError

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.store import Store


class KeyPane(KeyDetails):
    """A key in full, where there is room for it."""

    def __init__(
        self, store: "Store", actor: "Actor", *, ascii_only: bool, read_only: bool
    ) -> None:
        super().__init__(
            prefix=store.prefix, ascii_only=ascii_only, read_only=read_only, id="details"
        )
        self._store = store
        self._actor = actor

    @work(exclusive=True, group="details")
    async def look(self, key: Key | None, after: float = 0) -> None:
        """Show a key, or none, after some seconds; nothing is read while it is not displayed."""
        await still(self, asyncio.sleep(after))
        if not self.display:
            return
        if key is None:
            self.show(None, 0)
            return
        try:
            details = await in_thread(self, partial(self._store.keys.details, self._actor, key.id))
        except KeydeckError:
            # The next look at the list says it.
            return
        self.show(details, self._store.clock.now())
