"""Narrow: the grid of what a connection may do, from which permissions are only taken."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.widget import Widget
from textual.widgets import Button

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.widgets.granting import Granting
from console.widgets.hint_bar import Hint
from console.widgets.parts import button
from store.domain.connections import Connection
from store.domain.scopes import Resource, Scopes
from store.errors.quoting import quoted


class NarrowDialog(Dialog[Scopes | None]):
    """Asks what a connection may still do."""

    def __init__(
        self,
        connection: Connection,
        catalogue: Sequence[Resource],
        error: str | None = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self._connection = connection
        held = {scope.resource for scope in connection.scopes}
        self._catalogue = [resource for resource in catalogue if resource.name in held]
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the grid."""
        scopes = self._connection.scopes
        yield Granting(self._catalogue, scopes, before=scopes, ascii_only=self.ascii_only)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Apply", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the grid."""
        super().on_mount()
        self.head(f"What {quoted(self._connection.name)} may still do")
        self.hint(Hint("enter", "Apply", "go"), Hint("space", "Take away", "grant"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#grid").focus()

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer, with less than before."""
        wanted, held = self.query_one(Granting).value, self._connection.scopes
        if wanted == held:
            self.dismiss(None)
        elif not wanted:
            self.wrong("Leave at least one permission. To end it, revoke it: esc, then X.")
        elif not wanted <= held:
            more = ", ".join(str(scope) for scope in sorted(wanted - held))
            self.wrong(f"Not granted: {more}. For more, connect the assistant anew.")
        else:
            self.dismiss(wanted)

    def action_grant(self) -> None:
        """Grant the current cell's scope, or take it away."""
        self.query_one(Granting).grid.action_grant()
