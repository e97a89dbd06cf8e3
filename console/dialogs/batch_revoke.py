"""Revoking several keys: their names, how many are in use, and a word to type."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.revoke_base import RevokingDialog
from console.text.batches import in_use, listed_names, titled
from console.text.in_force_words import for_good
from console.text.safe import safe
from console.widgets.parts import row
from store.domain.keys import Key


class BatchRevokeDialog(RevokingDialog):
    """Asks for the number of keys in words that nobody types by accident."""

    def __init__(
        self, keys: Sequence[Key], now: int, *, note: str = "", ascii_only: bool = False
    ) -> None:
        """Ask about `keys`; `note` says what is left out."""
        super().__init__(ascii_only=ascii_only)
        self._keys = keys
        self._now = now
        self._note = note
        self.what = f"revoke {len(keys)}"

    def body(self) -> Iterable[Widget]:
        """Return the names, the warning, the two fields."""
        names = Static(safe(listed_names(self._keys)), classes="means", markup=False)
        yield row("Keys", names)
        used = in_use(self._keys, self._now)
        tone = "$dim" if used.startswith("None") else "$warning"
        yield row("In use", Static(Content.styled(safe(used), tone), classes="means"))
        if self._note:
            yield row("Note", Static(safe(self._note), classes="means", markup=False))
        yield from self.ending(
            for_good("request with them"),
            self.what,
        )

    def on_mount(self) -> None:
        """Say which."""
        self.head(titled("Revoke", self._keys))

    def what_to_type(self) -> str:
        """Return what to type."""
        return f"Type “{self.what}” to revoke them."

    def fits(self, typed: str) -> bool:
        """Return whether the words are right."""
        return " ".join(typed.lower().split()) == self.what
