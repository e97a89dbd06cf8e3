"""Revoke a connection: what would stop, and the assistant's name to type before it happens."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.revoke_base import LONG, RevokingDialog
from console.text.connection_words import traffic
from console.text.in_force_words import for_good
from console.text.safe import safe
from console.widgets.parts import line, row
from store.domain.names import fold
from store.domain.scopes import in_words
from store.errors.quoting import quoted
from store.service.connections import ConnectionDetails

_START = 5


class RevokeConnectionDialog(RevokingDialog):
    """Asks for the name: enter alone, pressed twice by accident, does nothing."""

    def __init__(self, details: ConnectionDetails, now: int, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._one = details.connection
        self._start = details.connection.id[:_START]
        self._now = now

    def body(self) -> Iterable[Widget]:
        """Return what it is and does, the warning, the two fields."""
        connection = self._one
        yield row("Id", Static(connection.id, classes="means", markup=False))
        yield row(
            "Answer to", Static(safe(connection.redirect_host), classes="means", markup=False)
        )
        yield row("Can", Static(safe(in_words(connection.scopes)), classes="means", markup=False))
        yield row("Traffic", line("traffic", "means"))
        yield from self.ending(
            for_good("call of it", but="the assistant can be connected anew"),
            self._start if len(connection.name) > LONG else safe(connection.name),
        )

    def on_mount(self) -> None:
        """Say whether it is in use."""
        self.head(f"Revoke the connection of {quoted(self._one.name)}")
        recent, words = traffic(self._details, self._now)
        self.query_one("#traffic", Static).update(
            Content.styled(safe(words), "$warning" if recent else "$dim")
        )

    def what_to_type(self) -> str:
        """Return what to type."""
        return f"Type {quoted(self._one.name)} or {self._start} to revoke it."

    def fits(self, typed: str) -> bool:
        """Return whether it is the name, or the beginning of the id."""
        return fold(typed) == fold(self._one.name) or (
            typed.startswith(self._start) and self._one.id.startswith(typed)
        )
