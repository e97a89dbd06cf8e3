"""Keys typed ahead: each is aimed only when the one before it has taken effect.

Textual forwards a burst of keys, such as a slow line or a script delivers, to whatever has the
focus when the burst arrives: what follows an enter lands in the field before it, and a password in
a field that shows it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events
from textual.app import ScreenStackError
from textual.message_pump import MessagePump
from textual.screen import ModalScreen

from console.textual_privates import parent_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

DOUBLE = 0.5
"""Seconds within which a second enter belongs to the first, which closed or opened a dialog."""
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
        self._typed: deque[events.Event] = deque()
        self._more = asyncio.Event()
        self._closed_at: float | None = None

    def add(self, event: events.Event) -> None:
        """Take a key or a paste."""
        self._typed.append(event)
        self._more.set()

    async def run(self) -> None:
        """Deliver, one at a time, for as long as the App runs."""
        # Leaving, it has no screen any more that what is still typed could be for.
        with suppress(ScreenStackError):
            await self._deliver()

    async def _deliver(self) -> None:
        while True:
            event = await self._next()
            if self._is_echo(event) or self._is_early(event):
                continue
            before = self._app.screen
            await self._aim(event)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settle(before), PATIENCE)
            closed = isinstance(before, ModalScreen) and not isinstance(
                self._app.screen, ModalScreen
            )
            self._closed_at = event.time if closed and _is_enter(event) else None

    async def _next(self) -> events.Event:
        """Return the next key as soon as the screen takes keys: one that leaves, before that.

        However long that takes: what follows a lost key would be another verb's.
        """
        while not self._typed or self._is_opening() or self._is_held():
            leaving = next(filter(_leaves, self._typed), None)
            if leaving is not None:
                self._typed.clear()
                return leaving
            if self._typed:
                await asyncio.sleep(_LOOK_EVERY)
            else:
                self._more.clear()
                await self._more.wait()
        return self._typed.popleft()

    def _is_opening(self) -> bool:
        return bool(getattr(self._app.screen, "busy", False))

    def _is_held(self) -> bool:
        """Return whether who would get the next key is not ready for it, though for others."""
        for one in (self._app.screen, self._app.focused):
            holds: Callable[[events.Event], bool] | None = getattr(one, "holds", None)
            if holds is not None and holds(self._typed[0]):
                return True
        return False

    def _is_echo(self, event: events.Event) -> bool:
        """Return whether an enter is the second half of one that closed a dialog.

        On the list below it would open something that nobody asked for.
        """
        if self._closed_at is None or not _is_enter(event):
            return False
        echo = event.time - self._closed_at < DOUBLE
        self._closed_at = event.time if echo else None
        return echo

    def _is_early(self, event: events.Event) -> bool:
        """Return whether a key would press a button before anybody can have seen which.

        Only a screen that says when it was drawn cares; any other key shows that it is looked at.
        """
        screen = self._app.screen
        drawn_at: float | None = getattr(screen, "drawn_at", None)
        if drawn_at is None:
            return False
        early = _presses(event) and event.time - drawn_at < DOUBLE
        if not early:
            screen.drawn_at = None  # type: ignore[attr-defined]
        return early

    async def _settle(self, before: "Screen[object]") -> None:
        # Twice: a key goes up to the App, which runs what it is bound to where the focus is, and
        # what that posts goes up as well.
        for _ in range(2):
            for pump in self._chain():
                await _handled(pump)
        while self._busy():
            await asyncio.sleep(_LOOK_EVERY)
        if self._app.screen is not before:
            # What a screen asks for as it closes is called later, and may call later itself.
            for _ in range(2):
                await _handled(self._app)
            while self._busy():
                await asyncio.sleep(_LOOK_EVERY)

    def _chain(self) -> Iterator[MessagePump]:
        pump: MessagePump | None = self._app.focused or self._app.screen
        while pump is not None:
            yield pump
            pump = parent_of(pump)


async def _handled(pump: MessagePump) -> None:
    """Wait until all that was posted so far is handled; who takes no more has handled it."""
    handled = asyncio.Event()
    if pump.call_later(handled.set):
        await handled.wait()


def _is_enter(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key == "enter"


def _leaves(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key in ("ctrl+c", "ctrl+q")


def _presses(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key in ("enter", "space")
