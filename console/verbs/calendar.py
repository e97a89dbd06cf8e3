"""The calendar, and from a row of it to what its key needs."""

from typing import TYPE_CHECKING

from store.times import DAY

if TYPE_CHECKING:
    from console.app import KeydeckApp
    from console.dialogs.calendar import Chosen

MOST = 500
"""Rows that are read: nobody looks through more."""


async def calendar(app: "KeydeckApp") -> "Chosen | None":
    """Show what is due; return the key that was chosen there, and what for."""
    from console.dialogs.calendar import DAYS, CalendarDialog

    actor = app.actor
    found = await app.in_store(lambda store: store.due.within(actor, DAYS * DAY, limit=MOST))
    return await app.push_screen_wait(
        CalendarDialog(
            found,
            app.store.clock.now(),
            prefix=app.store.prefix,
            cut_short=len(found) == MOST,
            read_only=app.opening.read_only,
            ascii_only=app.opening.ascii_only,
        )
    )
