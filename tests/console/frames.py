"""Frames in tests: without a terminal only those that a test looks at are put together.

Textual makes each of them and lets go of it, which is a fifth of what the console's tests take.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.screen import Screen

_ALL = Compositor.render_update


def seen_frames() -> None:
    """Let a screen be drawn when it is looked at: `render_strips` and pictures draw it whole."""
    Compositor.render_update = _seen  # type: ignore[method-assign]


@contextmanager
def all_frames() -> Iterator[None]:
    """Let every frame be drawn, where it is tried which ones there are."""
    before = Compositor.render_update
    Compositor.render_update = _ALL  # type: ignore[method-assign]
    try:
        yield
    finally:
        Compositor.render_update = before  # type: ignore[method-assign]


def _seen(
    self: Compositor,
    full: bool = False,
    screen_stack: list[Screen[object]] | None = None,
    simplify: bool = False,
) -> RenderableType | None:
    if full:
        return _ALL(self, full, screen_stack, simplify)
    visible_screen_stack.set(screen_stack or [])
    self._dirty_regions.clear()
    return None
