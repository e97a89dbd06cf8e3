"""Whoever waits for the store does not outlive what is drawn on."""

import asyncio
import threading

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from console.widgets.leaving import in_thread, is_leaving

pytestmark = pytest.mark.anyio


class Bare(App[None]):
    """An app with one widget."""

    def compose(self) -> ComposeResult:
        """Lay out the widget."""
        yield Static("", id="drawn-on")


async def test_a_wait_brings_its_answer_while_the_widget_stands() -> None:
    app = Bare()
    async with app.run_test():
        widget = app.query_one("#drawn-on")
        assert await in_thread(widget, lambda: 42) == 42
        assert not is_leaving(widget)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_wait_ends_with_the_widget_whatever_comes_of_it(fails: bool) -> None:
    app, answered = Bare(), threading.Event()

    def answer() -> None:
        answered.wait(10)
        if fails:
            raise ValueError("too late to matter")

    async with app.run_test():
        widget = app.query_one("#drawn-on")
        waiting = asyncio.ensure_future(in_thread(widget, answer))
        await asyncio.sleep(0)
        removal = widget.remove()
        assert is_leaving(widget)
        answered.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await removal


async def test_a_widget_leaves_with_its_app() -> None:
    app = Bare()
    async with app.run_test():
        widget = app.query_one("#drawn-on")
    with app._context():
        assert is_leaving(widget)
