"""Small pieces that dialogs are put together from."""

from rich.style import Style
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.text.safe import safe


def button(label: str, id: str, *, primary: bool = False) -> Button:  # noqa: A002
    """Return a button of one line. `label` is ours, never a foreign string."""
    made = Button(label, id=id, compact=True, classes="primary" if primary else "")
    # While it looks pressed, a button swallows a quick second press.
    made.active_effect_duration = 0
    return made


def line(id: str, classes: str = "") -> Static:  # noqa: A002
    """Return an empty line of text, to be filled with Content."""
    return Static("", id=id, classes=classes, markup=False)


def lines(*texts: str) -> Content:
    """Return foreign texts below one another, made safe; empty ones are left out."""
    return Content("\n").join(Content(safe(text)) for text in texts if text)


def row(label: str, widget: Widget, classes: str = "", *, shown: bool = True) -> Horizontal:
    """Return a widget with its label before it. `label` is ours, never a foreign string."""
    label_text = Static(label, classes="label", markup=False)
    made = Horizontal(label_text, widget, classes=f"row {classes}".strip())
    if not shown:
        # Never set to true: that would overrule what a style sheet hides.
        made.display = False
    return made


def inked(ground: Style, tone: Style) -> Style:
    """Return how a piece of a row is drawn on its ground.

    Reversed, a colour would be the ground of its piece alone: the current row a patchwork.
    """
    return ground + (tone.without_color if ground.reverse else tone)
