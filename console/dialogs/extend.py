"""Extend: when a key, or several, are to end instead. Ending one sooner is asked once more."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.dialogs.dialog import BACK, MOVE
from console.dialogs.fields import FieldsDialog
from console.text.batches import ending_sooner, in_use, listed_names, sooner, titled
from console.text.safe import safe
from console.text.sentences import expires
from console.widgets.choice_bar import ChoiceBar
from console.widgets.hint_bar import Hint
from console.widgets.lifetime import Life, Lifetime
from console.widgets.parts import button, lines
from store.domain.keys import Key
from store.errors import Invalid


@dataclass(frozen=True, slots=True)
class ExtendRequest:
    """When they are to end: an instant, or None for never."""

    expires_at: int | None


def _nobody(sooner: Sequence[Key]) -> Sequence[str]:
    """Say nothing of whom a sooner end cuts off."""
    return ("",)


class ExtendDialog(FieldsDialog[ExtendRequest | None]):
    """Asks for another expiry; whether that ends any of them sooner is asked once more."""

    def __init__(
        self,
        keys: Sequence[Key],
        now: Callable[[], int],
        *,
        note: str = "",
        cut: Callable[[Sequence[Key]], Sequence[str]] = _nobody,
        initial: ExtendRequest | None = None,
        error: str | None = None,
        ascii_only: bool = False,
    ) -> None:
        """Ask about `keys`; `note` says what is left out.

        `cut` says of those that would end sooner whom that cuts off: what decides, then a caller
        a line. Asked again, `initial` is the answer that was refused with `error`.
        """
        super().__init__(ascii_only=ascii_only)
        self._keys = keys
        self._now = now
        self._note = note
        self._cut = cut
        self._initial = initial
        self._error = error
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """Return who it is about, and the choice."""
        if len(self._keys) > 1:
            text = lines(listed_names(self._keys), in_use(self._keys, self._now()))
            yield Static(text, classes="means")
        else:
            ends = expires(self._keys[0].expires_at, self._now())
            yield Static(f"Now: {ends[0].lower()}{ends[1:]}", classes="means", markup=False)
        if self._note:
            yield Static(safe(self._note), classes="caution gap", markup=False)
        before = self._initial
        life = None if before is None else Life(before.expires_at, None)
        yield Lifetime(self._now, life, rotation=False)

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Extend", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the choice."""
        self.head(titled("Extend", self._keys))
        self.hint(Hint("enter", "Extend", "go"), MOVE, BACK)
        self.wrong(self._error)
        self.query_one("#expires").focus()

    @on(ChoiceBar.Chosen)
    @on(Input.Changed)
    def _changed(self) -> None:
        self._warned = False
        self.query_one("#go", Button).label = Content("Extend")

    def action_go(self) -> None:
        """Answer, once the date is one; a sooner end only when asked for twice."""
        chosen = self.query_one(Lifetime)
        try:
            expires_at = chosen.life().expires_at
        except Invalid as error:
            self.wrong(str(error))
            chosen.go_to_trouble()
            return
        loss = sooner(self._keys, expires_at, self._now())
        if loss and not self._warned:
            self._warned = True
            decides, *callers = self._cut(ending_sooner(self._keys, expires_at, self._now()))
            again = "Enter again does it."
            self.wrong(f"{loss} {decides}", *callers, again)
            self.query_one("#go", Button).label = Content("Shorten")
            return
        self.dismiss(ExtendRequest(expires_at))
