"""What the console loads and reads before it draws, and in which order.

Modules are loaded without the collector, which would look through them all again and again.
"""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from store.domain.clock import Clock, SystemClock

if TYPE_CHECKING:
    from store.domain.people import CameBy
    from store.operations.first_look import FirstLook

DIALOGS = Path(__file__).with_name("styles") / "dialogs.tcss"
"""What only dialogs are styled by: it is read behind the first frame."""
LOOK_WITHIN = 0.5
"""Seconds that a first look at the store may take."""
_OPENED = "store.operations.open"
TO_OPEN = (
    _OPENED,
    "store.service.sign_in",
    "store.service.keys",
    "store.service.key_views",
    "store.service.people",
    "store.persistence.repositories.audit",
    "store.persistence.repositories.catalogue",
    "store.persistence.repositories.key_pages",
    "store.persistence.repositories.key_views",
    "store.persistence.repositories.offboardings",
    "console.tabs.keys",
)
"""What somebody comes in by, and the list of keys is followed by.

A first look is drawn before; without one, this is loaded before there are rows. The rest is later.
"""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Collect nothing inside; what was loaded stays, and is not looked through afterwards either.

    A tenth of the console's start is saved by it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load_store() -> None:
    """Load what the list is followed by, all of it with the collector at rest."""
    if _OPENED in sys.modules:
        # Nothing to load, and what was used up meanwhile is to be collected.
        return
    with undisturbed():
        for name in TO_OPEN:
            import_module(name)


async def looked(
    url: str | None,
    pepper_path: Path | None,
    guest: int | None,
    slug: str | None,
    came_by: "CameBy | None",
    clock: Clock | None,
    lines: int,
) -> "FirstLook | None":
    """Return a first look at as many keys as there are lines, where a guest may have one."""
    if guest is None:
        return None
    with undisturbed():
        from store.operations.first_look import first_look

    now = (clock or SystemClock()).now()
    reading = asyncio.to_thread(
        first_look, url, pepper_path, guest, slug, came_by, now=now, limit=lines
    )
    # Whatever the disk does, something is drawn.
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(reading, LOOK_WITHIN)
    return None
