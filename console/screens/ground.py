"""What lies under every other screen, and is never seen."""

from textual.app import App
from textual.screen import Screen

from console.textual_privates import Bare
from console.widgets.styled_once import StyledOnce


class Ground(StyledOnce, Bare, Screen[None]):
    """Shows nothing: what is said is said on the screens over it."""


class Grounded(App[None]):
    """Begins with that. Textual's own has places for toasts and tips, styled before any frame."""

    def get_default_screen(self) -> Screen[None]:
        """Return the lowest screen."""
        return Ground()
