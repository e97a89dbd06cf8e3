"""Scope: the same grid, with what changes marked.

Widening asks once more, and so does taking away what was needed lately.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.safe import safe
from console.widgets.granting import Granting, preset_hints
from console.widgets.hint_bar import Hint
from console.widgets.parts import button
from console.widgets.scope_grid import ScopeGrid
from store.domain.keys import Key
from store.domain.scopes import Resource, Scope, Scopes, in_words


def hints(catalogue: Sequence[Resource]) -> tuple[Hint, ...]:
    """Return what the keys do where permissions are replaced."""
    return (Hint("enter", "Apply", "go"), *preset_hints(catalogue), MOVE, BACK)


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """What a key is to be allowed from now on."""

    scopes: Scopes


NEVER_USED: Mapping[str, int] = {}


def nobody(scopes: Scopes) -> str:
    """Say nothing of whom a change of scopes refuses."""
    return ""


def once_more(missed: str, lets: str) -> tuple[str, str]:
    """Return what is said before a change is asked for again, and what the button says then.

    `missed` says whom it refuses, `lets` whom it lets do more; one of them may be empty.
    """
    label, does = ("Widen", "grants it") if lets else ("Narrow", "takes it away")
    if lets and missed:
        label, does = "Apply", "does both"
    return " ".join(filter(None, (missed, lets, f"Enter again {does}."))), label


class ScopeDialog(Dialog[ScopeChange | None]):
    """Asks what a key may do."""

    def __init__(
        self,
        key: Key,
        catalogue: Sequence[Resource],
        initial: Scopes | None = None,
        error: str | None = None,
        *,
        used: Mapping[str, int] = NEVER_USED,
        refused: Callable[[Scopes], str] = nobody,
        ascii_only: bool = False,
    ) -> None:
        """Ask anew, or again: `initial` is the answer that was refused with `error`.

        `used` are the requests of the last 30 days that needed each scope, `refused` says whom
        taking some away would have refused; nothing for nobody.
        """
        super().__init__(ascii_only=ascii_only)
        self._key = key
        self._used = used
        self._refused = refused
        self._catalogue = catalogue
        self._initial = initial
        self._error = error
        self._warned_of: Scopes = frozenset()

    def body(self) -> Iterable[Widget]:
        """Return the grid."""
        yield Granting(
            self._catalogue,
            self._key.scopes if self._initial is None else self._initial,
            before=self._key.scopes,
            ascii_only=self.ascii_only,
            words=self._words,
        )

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Apply", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the grid."""
        self.head(f"What “{self._key.name}” may do")
        self.hint(*hints(self._catalogue))
        self.wrong(self._error)
        self.query_one("#grid").focus()

    @on(ScopeGrid.Changed)
    def _changed(self) -> None:
        self._warned_of = frozenset()
        self.wrong(None)
        self.query_one("#go", Button).label = Content("Apply")

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer; a wider grant, and one that somebody would have missed, only when asked twice."""
        wanted = self.query_one(Granting).value
        if wanted == self._key.scopes:
            self.dismiss(None)
            return
        if not wanted:
            self.wrong("Grant at least one permission. To stop the key, revoke it: esc, then X.")
            return
        added, removed = wanted - self._key.scopes, self._key.scopes - wanted
        missed = self._refused(removed) if removed else ""
        if (added or missed) and self._warned_of != wanted:
            self._warned_of = wanted
            more = ", ".join(str(scope) for scope in sorted(added))
            lets = f"This lets whoever holds the key do more: {more}." if added else ""
            sentence, label = once_more(missed, lets)
            self.wrong(sentence)
            self.query_one("#go", Button).label = Content(label)
            return
        self.dismiss(ScopeChange(wanted))

    def action_grant(self) -> None:
        """Grant the current cell's scope, or take it away."""
        self.query_one(Granting).grid.action_grant()

    def action_preset(self, name: str) -> None:
        """Grant a preset."""
        self.query_one(Granting).action_preset(name)

    def _words(self, value: Scopes) -> Content:
        before = self._key.scopes
        parts: list[tuple[str, str]] = [
            *((f"+ {scope}  ", "$state-active") for scope in sorted(value - before)),
            *((f"- {self._going(scope)}  ", "$state-revoked") for scope in sorted(before - value)),
        ]
        change = Content.assemble(*((safe(text), tone) for text, tone in parts))
        if not parts:
            change = Content.styled("No change yet.", "$dim")
        return Content.assemble(change, "\n", safe(in_words(value)))

    def _going(self, scope: Scope) -> str:
        number = self._used.get(str(scope))
        if number is None:
            return str(scope)
        return f"{scope} (would have refused {number:,} in 30 d)"
