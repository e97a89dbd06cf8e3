"""A form in the middle of the screen: fields, one line for what is wrong, one button."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.text.safe import safe
from console.widgets.leaving import MayLeave
from console.widgets.styled_once import StyledOnce


class FormScreen(MayLeave, StyledOnce, Screen[None]):
    """The frame that set-up and sign-in share."""

    heading = ""
    """What the form is for."""
    button = ""
    """What pressing enter does."""
    busy = False
    """Whether what was asked for is under way."""

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with VerticalScroll(classes="form-ground"), Vertical(classes="form"):
            yield Static(" keydeck ", classes="form-badge", markup=False)
            yield Static(self.heading, classes="form-heading", markup=False)
            with Vertical(id="fields"):
                yield from self.fields()
            yield Static("", id="wrong", markup=False)
            yield Button(self.button, id="go", variant="primary", compact=True)
            yield Static("", id="hint", classes="form-hint", markup=False)

    def fields(self) -> Iterable[Widget]:
        """Return the form's own widgets."""
        return ()

    def value(self, field: str) -> str:
        """Return what stands in a field."""
        return self.query_one(f"#{field}", Input).value

    def wrong(self, sentence: str, field: str | None = None) -> None:
        """Say what is wrong and go to the field it is about."""
        self.query_one("#wrong", Static).update(safe(sentence))
        if field is not None:
            self.go_to(field)

    def go_to(self, field: str) -> None:
        """Put the cursor into a field, before the next key is handled."""
        self.set_focus(self.query_one(f"#{field}", Input))

    def clear(self, *fields: str) -> None:
        """Empty fields, so that no password stays on a screen nobody looks at."""
        for field in fields:
            self.query_one(f"#{field}", Input).value = ""
