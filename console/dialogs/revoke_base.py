"""What all questions before a revocation share: a warning, what to type, and a reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.typed import TypedDialog
from console.widgets.field import Field
from console.widgets.parts import row

LONG = 40
"""A name longer than this is confirmed more easily by the beginning of its id."""


@dataclass(frozen=True, slots=True)
class RevokeRequest:
    """Why something is revoked, if that was said."""

    reason: str | None


class RevokingDialog(TypedDialog[RevokeRequest | None]):
    """Asks for a name, or words that nobody types by accident."""

    def ending(self, caution: str, wanted: str) -> Iterable[Widget]:
        """Return the warning and the two fields; `wanted` is made safe already."""
        yield Static(caution, classes="caution gap", markup=False)
        yield self.confirm(wanted)
        yield row("Reason", Field(placeholder="optional, for the audit", id="reason"))

    def answer(self) -> RevokeRequest:
        """Return the reason."""
        return RevokeRequest(self.query_one("#reason", Field).value.strip() or None)
