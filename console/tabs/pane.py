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

    _actor: "Actor"
    _store: "Store | None" = None
    """None until there is one to read; nothing is shown before."""

    def __init__(self, prefix: str, *, ascii_only: bool, read_only: bool) -> None:
        super().__init__(prefix=prefix, ascii_only=ascii_only, read_only=read_only, id="details")

    def follow(self, store: "Store", actor: "Actor") -> None:
        """Read from a store from now on, for somebody who has come in."""
        self._store, self._actor = store, actor

    @work(exclusive=True, group="details")
    async def look(self, key: Key | None, after: float = 0) -> None:
        """Show a key, or none, after some seconds; nothing is read while it is not displayed."""
        await still(self, asyncio.sleep(after))
        store = self._store
        if store is None or not self.display:
            return
        if key is None:
            self.show(None, 0)
            return
        try:
            details = await in_thread(self, partial(store.keys.details, self._actor, key.id))
        except KeydeckError:
            # The next look at the list says it.
            return
        self.show(details, store.clock.now())
