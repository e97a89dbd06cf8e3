"""Revoke: what would stop, who is affected, and a name to type before it happens."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.revoke_base import LONG, RevokingDialog
from console.text.in_force_words import for_good
from console.text.key_words import held_by, succeeds, traffic
from console.text.safe import safe
from console.widgets.parts import line, row
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.names import fold
from store.domain.scopes import in_words
from store.service.keys import Details


class RevokeDialog(RevokingDialog):
    """Asks for the name: enter alone, pressed twice by accident, does nothing."""

    def __init__(
        self,
        details: Details,
        successor: Key | None,
        now: int,
        *,
        prefix: str,
        ascii_only: bool = False,
    ) -> None:
        """Ask about a key; `successor` is the one that replaces it, if one does."""
        super().__init__(ascii_only=ascii_only)
        self._details = details
        self._successor = successor
        self._now = now
        self._prefix = prefix
        self._start = shown(prefix, details.key.id).removesuffix("…")

    def body(self) -> Iterable[Widget]:
        """Return what the key is and does, the warning, the two fields."""
        key = self._details.key
        yield row("Key", Static(f"{self._start}…", classes="means", markup=False))
        yield row("Can", Static(safe(in_words(key.scopes)), classes="means", markup=False))
        yield row("Held by", Static(safe(held_by(self._details)), classes="means", markup=False))
        yield row("Traffic", line("traffic", "means"))
        if self._successor is not None:
            yield row("Successor", line("successor", "means"))
        yield from self.ending(
            for_good(),
            self._start if len(key.name) > LONG else safe(key.name),
        )

    def on_mount(self) -> None:
        """Say whether it is in use, and whether something takes over."""
        self.head(f"Revoke “{self._details.key.name}”")
        recent, words = traffic(self._details, self._now)
        self.query_one("#traffic", Static).update(
            Content.styled(safe(words), "$warning" if recent else "$dim")
        )
        if self._successor is not None:
            ready, words = succeeds(self._successor, self._now, self._prefix)
            self.query_one("#successor", Static).update(
                Content.styled(safe(words), "$dim" if ready else "$warning")
            )

    def what_to_type(self) -> str:
        """Return what to type."""
        return f"Type “{self._details.key.name}” or {self._start} to revoke it."

    def fits(self, typed: str) -> bool:
        """Return whether it is the name, or the beginning of the id."""
        key = self._details.key
        start = self._start.removeprefix(f"{self._prefix}_")
        by_id = typed.removeprefix(f"{self._prefix}_")
        # A name is compared as the store compares names: an é typed in another form is the same.
        return fold(typed) == fold(key.name) or (
            by_id.startswith(start) and key.id.startswith(by_id)
        )
