"""Waiting without outliving what one draws on.

Textual takes down a widget's children first and ends its workers last: whoever comes back from
waiting between the two looks for children that are no more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.widget import Widget

from console.host import Host, host_of
from console.textual_privates import is_going

T = TypeVar("T")

if TYPE_CHECKING:
    _Mixed = Widget
else:
    # Textual takes the styles of the first class that is a widget: that is none of its own.
    _Mixed = object


async def still(widget: Widget, waiting: Awaitable[T]) -> T:
    """Wait for something, in a worker or a timer that then draws on a widget.

    Raises what that raises, and CancelledError when the widget was taken down meanwhile. No
    handler of messages may wait like this: that error would end the widget it belongs to.
    """
    try:
        return await waiting
    finally:
        if is_leaving(widget):
            raise asyncio.CancelledError


async def in_thread(widget: Widget, use: Callable[[], T]) -> T:
    """Wait, as `still` does, for a blocking call in a thread."""
    return await still(widget, asyncio.to_thread(use))


def is_leaving(widget: Widget) -> bool:
    """Return whether a widget is being taken down, so that what it draws on may be gone."""
    if not widget.app.is_running or not widget.is_attached:
        return True
    return any(is_going(node) for node in widget.ancestors_with_self)


def unless_leaving(
    widget: Widget, callback: Callable[..., Any], *args: object, **kwargs: object
) -> Any:
    """Call back, unless what is drawn on is being taken down."""
    return None if is_leaving(widget) else callback(*args, **kwargs)


class MayLeave(_Mixed):
    """For screens and what is made of several widgets: taken down, they draw nothing more.

    To be named before Textual's own class.
    """

    @property
    def host(self) -> Host:
        """What it is shown by, for what may be asked of it."""
        return host_of(self)

    async def on_event(self, event: events.Event) -> None:
        """Handle an event, but not that there is something to draw on: it may never have been."""
        if not (isinstance(event, events.Mount | events.Resize) and is_leaving(self)):
            await super().on_event(event)

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call back once all is drawn; a dialog may have been closed by then."""
        return super().call_after_refresh(unless_leaving, self, callback, *args, **kwargs)
