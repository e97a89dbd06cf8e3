"""A screen that comes up new is styled once; one that comes back is looked at again."""

from collections.abc import Iterable

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Label

from console.widgets.styled_once import StyledOnce

pytestmark = pytest.mark.anyio


class Plain(Screen[None]):
    """One label, as Textual shows it."""

    CSS = "Label { color: red; }"

    def compose(self) -> ComposeResult:
        """Lay out the label."""
        yield Label("word")


class Once(StyledOnce, Plain):
    """The same, styled once."""


class Watching(App[None]):
    """Notes what is styled again."""

    def __init__(self) -> None:
        super().__init__()
        self.again: list[DOMNode] = []

    def look(self) -> None:
        """Note it from now on."""
        update = self.stylesheet.update_nodes

        def noted(nodes: Iterable[DOMNode], animate: bool = False) -> None:
            found = list(nodes)
            self.again += found
            update(found, animate)

        self.stylesheet.update_nodes = noted  # type: ignore[method-assign]


@pytest.mark.parametrize("kind", [Plain, Once])
async def test_a_new_screen_is_not_styled_twice_and_one_that_comes_back_is(
    kind: type[Plain],
) -> None:
    app = Watching()
    async with app.run_test() as pilot:
        app.look()
        screen = kind()
        await app.push_screen(screen)
        await pilot.pause()
        label = screen.query_one(Label)
        assert label.styles.color.hex == "#FF0000"
        assert (label in app.again) is (kind is Plain)
        app.again.clear()
        screen.post_message(events.ScreenResume())
        await pilot.pause()
        assert label in app.again
