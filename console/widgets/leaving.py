"""Waiting without outliving what one draws on."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from textual.widget import Widget

T = TypeVar("T")


async def in_thread(widget: Widget, use: Callable[[], T]) -> T:
    """Run a blocking call in a thread, for a worker that then draws on a widget.

    Raises what the call raises, and CancelledError when the widget was taken down meanwhile:
    Textual ends a widget's workers only after its children have gone.
    """
    try:
        return await asyncio.to_thread(use)
    finally:
        if is_leaving(widget):
            raise asyncio.CancelledError


def is_leaving(widget: Widget) -> bool:
    """Return whether a widget is being taken down, so that what it draws on may be gone."""
    return widget._pruning or not widget.app.is_running
