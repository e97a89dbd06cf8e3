"""The calendar, and from a row of it to what its key needs."""

from typing import TYPE_CHECKING

from store.due import DuePage
from store.times import DAY, MINUTE

if TYPE_CHECKING:
    from console.dialogs.calendar import Chosen
    from console.host import Host
    from store.opening import Store


async def calendar(app: "Host") -> "Chosen | None":
    """Show what is due; return the key that was chosen there, and what for."""
    from console.dialogs.calendar import DAYS, PAGE, CalendarDialog

    actor = app.actor
    read_at: tuple[object, ...] = ()

    def read(store: "Store", keys: int) -> DuePage | None:
        nonlocal read_at
        # Before reading: what is committed meanwhile is seen the next time.
        at = (keys, store.changes(), store.clock.now() // MINUTE)
        if at == read_at:
            return None
        page, read_at = store.due.page(actor, DAYS * DAY, keys), at
        return page

    first = await app.in_store(lambda store: store.due.page(actor, DAYS * DAY, PAGE))
    return await app.push_screen_wait(
        CalendarDialog(
            first,
            lambda keys: app.in_store(lambda store: read(store, keys)),
            prefix=app.store.prefix,
            read_only=app.options.read_only,
            ascii_only=app.options.ascii_only,
        )
    )
