"""The calendar, and from a row of it to what its key needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.domain.due import DuePage
from store.domain.times import DAY, MINUTE

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Next, Verb
    from store.domain.keys import Key
    from store.operations.store import Store


async def calendar(app: "Host", offered: "Sequence[Verb[Key]]") -> "Next | None":
    """Show what is due; go to the key that is chosen there, and on to the verb for it."""
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
    chosen = await app.push_screen_wait(
        CalendarDialog(
            first,
            lambda keys: app.in_store(lambda store: read(store, keys)),
            offered,
            prefix=app.store.prefix,
            looks_only=app.looks_only,
            ascii_only=app.options.ascii_only,
        )
    )
    if chosen is None:
        return None
    await app.go_to_key(chosen.key_id)
    verb = chosen.verb
    if verb is None:
        return None
    key = await app.in_store(lambda store: store.keys.show(actor, chosen.key_id))
    return lambda verbs: verbs.start(verb, key)
