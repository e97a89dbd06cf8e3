"""Following a store that others change, too: by polling it, as long as what is drawn is there."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from textual.widget import Widget

from console.widgets.leaving import still
from store.errors import KeydeckError

T = TypeVar("T")


async def poll(
    widget: Widget,
    read: Callable[[], Awaitable[T]],
    show: Callable[[T], None],
    trouble: Callable[[KeydeckError | None], bool],
    *,
    every: float,
    wake: asyncio.Event | None = None,
    at_once: bool = False,
) -> None:
    """Read and show again and again, in a worker of a widget; nothing while it is not displayed.

    Waits for `every` seconds between two readings, or until `wake` is set; before the first one
    only where that is not wanted `at_once`. `trouble` is told of each refusal, and None once that
    is over; it returns whether to go on.
    """
    woken, troubled = wake or asyncio.Event(), False
    while True:
        if not at_once:
            with suppress(TimeoutError):
                await still(widget, asyncio.wait_for(woken.wait(), every))
        at_once = False
        woken.clear()
        if not widget.display:
            continue
        try:
            found = await still(widget, read())
        except KeydeckError as error:
            troubled = True
            if not trouble(error):
                return
            continue
        if troubled:
            troubled = False
            trouble(None)
        show(found)
