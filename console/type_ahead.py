"""Keys typed ahead: each is aimed only when the one before it has taken effect.

Textual forwards a burst of keys, such as a slow line or a script delivers, to whatever has the
focus when the burst arrives: what follows an enter lands in the field before it, and a password in
a field that shows it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.app import App

PATIENCE = 2.0
"""Seconds a key waits for the one before it; then it is aimed at what is there."""

_LOOK_EVERY = 0.005


class TypeAhead:
    """A queue between the keyboard and the screen."""

    def __init__(
        self,
        app: "App[None]",
        aim: Callable[[events.Event], Awaitable[None]],
        busy: Callable[[], bool],
    ) -> None:
        """`aim` delivers a key to what has the focus; `busy` tells that a screen is on its way."""
        self._app = app
        self._aim = aim
        self._busy = busy
        self._typed: asyncio.Queue[events.Event] = asyncio.Queue()

    def add(self, event: events.Event) -> None:
        """Take a key or a paste."""
        self._typed.put_nowait(event)

    async def run(self) -> None:
        """Deliver, one at a time, for as long as the App runs."""
        while True:
            event = await self._typed.get()
            await self._aim(event)
            try:
                await asyncio.wait_for(self._settle(), PATIENCE)
            except TimeoutError:
                continue

    async def _settle(self) -> None:
        for pump in self._chain():
            handled = asyncio.Event()
            if pump.call_later(handled.set):
                await handled.wait()
        while self._busy():
            await asyncio.sleep(_LOOK_EVERY)

    def _chain(self) -> Iterator[MessagePump]:
        pump: MessagePump | None = self._app.focused or self._app.screen
        if pump is not None:
            # Twice: what handling a key posts comes after the first mark.
            yield pump
        while pump is not None:
            yield pump
            pump = pump._parent
