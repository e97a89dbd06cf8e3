"""Giving several keys the same permissions."""

from collections.abc import Callable, Iterable, Sequence

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import Dialog
from console.dialogs.scope import ScopeChange, hints, nobody, once_more
from console.text.batches import gains_and_losses, in_use, listed_names, titled
from console.text.safe import safe
from console.widgets.granting import Granting
from console.widgets.parts import button, lines
from console.widgets.scope_grid import ScopeGrid
from store.domain.keys import Key
from store.domain.scopes import Resource, Scopes, in_words


class BatchScopeDialog(Dialog[ScopeChange | None]):
    """Asks what they all may do.

    Whether that widens any of them is asked once more, and so is taking away what was needed.
    """

    def __init__(
        self,
        keys: Sequence[Key],
        catalogue: Sequence[Resource],
        now: int,
        *,
        note: str = "",
        refused: Callable[[Scopes], str] = nobody,
        ascii_only: bool = False,
    ) -> None:
        """Ask about `keys`; `note` says what is left out.

        `refused` says whom granting exactly some scopes would have refused; nothing for nobody.
        """
        super().__init__(ascii_only=ascii_only)
        self._keys = keys
        self._catalogue = catalogue
        self._now = now
        self._note = note
        self._refused = refused
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """Return who it is about, and the grid."""
        text = lines(listed_names(self._keys), in_use(self._keys, self._now), self._note)
        yield Static(text, classes="means")
        alike = len({key.scopes for key in self._keys}) == 1
        shared: Scopes = self._keys[0].scopes if alike else frozenset()
        yield Granting(self._catalogue, shared, ascii_only=self.ascii_only, words=self._words)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Apply", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the grid."""
        self.head(titled("What they may do:", self._keys))
        self.hint(*hints(self._catalogue))
        self.query_one("#grid").focus()

    @on(ScopeGrid.Changed)
    def _changed(self) -> None:
        self._warned = False
        self.wrong(None)
        self.query_one("#go", Button).label = Content("Apply")

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer; a wider grant, and one that somebody would have missed, only when asked twice."""
        wanted = self.query_one(Granting).value
        if not wanted:
            self.wrong("Grant at least one permission. To stop the keys, revoke them: esc, then X.")
            return
        wider = [key for key in self._keys if wanted - key.scopes]
        missed = self._refused(wanted)
        if (wider or missed) and not self._warned:
            self._warned = True
            lets = f"This lets {listed_names(wider)} do more." if wider else ""
            sentence, label = once_more(missed, lets)
            self.wrong(sentence)
            self.query_one("#go", Button).label = Content(label)
            return
        self.dismiss(ScopeChange(wanted))

    def _words(self, value: Scopes) -> Content:
        if not value:
            return Content.styled("They get exactly what you grant here.", "$dim")
        tones = {"+": "$state-active", "-": "$state-revoked"}
        changes = [
            (safe(f"{sign} {words}  "), tones[sign])
            for sign, words in gains_and_losses(self._keys, value)
        ]
        change = Content.assemble(*changes) if changes else Content.styled("No change.", "$dim")
        return Content.assemble(change, "\n", safe(in_words(value)))

    def action_grant(self) -> None:
        """Grant the current cell's scope, or take it away."""
        self.query_one(Granting).grid.action_grant()

    def action_preset(self, name: str) -> None:
        """Grant a preset."""
        self.query_one(Granting).action_preset(name)
