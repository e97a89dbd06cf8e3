"""What Textual keeps to itself and the console cannot do without: all of it, and nowhere else.

Whoever raises Textual's version reads its changes to these.
"""

from typing import TYPE_CHECKING, Any

from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1, TokenCallback
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.widget import Widget

    _Screen = Screen[None]
else:
    # Textual takes the styles of the first class that is a widget: that is none of its own.
    _Screen = object

__all__ = ["ParseEOF", "ParseTimeout", "Peek1", "Read1", "TokenCallback", "XTermParser"]


def read_with(parser: "type[XTermParser]") -> None:
    """Let every driver for a terminal read its bytes with a parser."""
    from textual.drivers import linux_driver

    linux_driver.XTermParser = parser  # type: ignore[attr-defined]


def parent_of(pump: "MessagePump") -> "MessagePump | None":
    """Return who handles what a widget or screen leaves unhandled."""
    return pump._parent


def is_going(node: "DOMNode") -> bool:
    """Return whether a widget or screen is being taken down, itself."""
    return node._pruning or node._closing


def driver_of(app: "App[Any]") -> "Driver | None":
    """Return what writes to the terminal; None before and after there is one."""
    return app._driver


def failure_of(app: "App[Any]") -> Exception | None:
    """Return what an app has failed with."""
    return app._exception


def end_with(app: "App[Any]", sentence: str) -> None:
    """End an app at once, with this alone on the terminal it leaves."""
    app._exit_renderables.clear()
    app._exit_renderables.append(sentence)
    app._close_messages_no_wait()


class DrawnWhole(_Screen):
    """For a screen whose first frame is all of it; to be named before Textual's own class.

    While an app starts Textual draws a screen, throws that away, and takes it for drawn: what came
    next, one line of it, was then alone on the terminal until all was drawn again.
    """

    def fit(self, columns: int) -> None:
        """Take the class that this width stands for, before anything is styled for none."""
        classes = self._get_breakpoint_classes(columns, self.HORIZONTAL_BREAKPOINTS or [])
        self.add_class(*classes, update=False)

    def _compositor_refresh(self) -> None:
        if not self.app._batch_count:
            super()._compositor_refresh()


class Bare(_Screen):
    """For a screen without Textual's own places; to be named before Textual's own class."""

    def _extend_compose(self, widgets: "list[Widget]") -> None:
        """Put none of them on it."""
