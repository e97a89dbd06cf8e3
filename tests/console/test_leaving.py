"""Whoever waits for the store does not outlive what is drawn on."""

import ast
import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

import console as package
from console.dialogs.help import HelpDialog
from console.screens.workspace import WorkspaceScreen
from console.tabs.keys import KeysTab
from console.verbs.catalogue import ON_TAB
from console.widgets.leaving import MayLeave, in_thread, is_leaving, still
from store.domain.people import Role
from tests.console.driving import console, opened, sees
from tests.house import House

pytestmark = pytest.mark.anyio

DRAWING = ("tabs", "dialogs", "screens", "widgets")
WAITS = {"poll", "still", "in_thread"}
IN_A_HANDLER = {"mount", "remove_children", "run_action"}
"""What a widget waits for in its own handlers, which end before its children do."""
DRAWS_NOTHING = {"shown", "get_suggestion"}
"""The second hands what it found to its field, whose worker it is asked by."""


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


class Leaving(MayLeave, Static):
    """Called back by Textual itself too, which names what it hands on."""


async def test_what_calls_back_is_handed_on_as_it_was_given() -> None:
    """Textual scrolls so to what had no place yet, as in a window of one line."""
    app, called = Bare(), list[tuple[int, bool]]()

    def call(number: int, *, animate: bool) -> None:
        called.append((number, animate))

    async with app.run_test() as pilot:
        widget = Leaving()
        await app.mount(widget)
        widget.call_after_refresh(call, 1, animate=False)
        await pilot.pause()
    assert called == [(1, False)]


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


async def test_a_widget_leaves_with_its_app_and_with_whatever_holds_it() -> None:
    app = Bare()
    async with app.run_test():
        widget = app.query_one("#drawn-on")
        # As when a screen ends by itself: Textual marks none of what it holds.
        app.screen._closing = True
        try:
            assert is_leaving(widget)
            with pytest.raises(asyncio.CancelledError):
                await still(widget, asyncio.sleep(0))
        finally:
            app.screen._closing = False
        assert not is_leaving(widget)
    with app._context():
        assert is_leaving(widget)


async def test_the_keys_are_closed_while_everything_asks_for_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    childless, go_on = asyncio.Event(), asyncio.Event()

    async def linger(_tab: KeysTab) -> None:
        childless.set()
        await go_on.wait()

    monkeypatch.setattr(KeysTab, "on_unmount", linger, raising=False)
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    app = console(house)
    async with opened(app, shows="No keys yet") as pilot:
        screen = app.screen
        assert isinstance(screen, WorkspaceScreen)
        tab = screen.tab
        assert tab is not None
        house.store.people.set_role(mia, "alice@acme.example", Role.MEMBER)
        try:
            await asyncio.wait_for(childless.wait(), 10)
            assert tab.is_attached
            assert not tab.children
            assert tab.current is None
            await screen._name_the_place()
            actions = [entry.action for entry in ON_TAB["keys"]]
            for action in (*actions, "press('enter')", "press('X')", "tab('keys')"):
                await screen.run_action(action)
            await screen.go_to_key("000000000000")
            await screen.run_action("tab('people')")
            await screen.run_action("tab('keys')")
        finally:
            go_on.set()
        await sees(pilot, "Only workspace admins and viewers can list API keys.")


async def test_a_dialog_is_closed_before_it_is_laid_out_and_before_it_is_drawn(
    house: House,
) -> None:
    app = console(house)
    async with opened(app, shows="No keys yet") as pilot:
        for rounds in range(6):
            dialog = HelpDialog([("Help", [("q", "Quit")])], ascii_only=False)
            app.push_screen(dialog)
            for _ in range(rounds):
                await asyncio.sleep(0)
            dialog.call_after_refresh(dialog._fit)
            await app.pop_screen()
            dialog.call_after_refresh(dialog._fit)
            await pilot.pause()
        await sees(pilot, "No keys yet")


def test_whatever_draws_waits_only_so_that_it_is_not_outlived() -> None:
    folder = Path(package.__path__[0])
    found = [
        f"{path.relative_to(folder)}:{line} waits for {name}"
        for room in DRAWING
        for path in sorted((folder / room).glob("*.py"))
        if path.name != "leaving.py"
        for line, name in _bare_waits(ast.parse(path.read_text()))
    ]
    assert not found


def _bare_waits(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the waits for anything else than the store, a timer or a coroutine of the class."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    allowed = WAITS | IN_A_HANDLER | {one.name for one in functions}
    for function in functions:
        for node in ast.walk(function) if function.name not in DRAWS_NOTHING else ():
            if isinstance(node, ast.Await):
                call = node.value.func if isinstance(node.value, ast.Call) else node.value
                if ast.unparse(call).rpartition(".")[2] not in allowed:
                    yield node.lineno, ast.unparse(call)
