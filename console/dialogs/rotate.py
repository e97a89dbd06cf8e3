"""Rotate: how long both keys work, and what becomes of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.safe import safe
from console.text.sentences import expires, when
from console.widgets.choice_bar import ChoiceBar
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, line, row
from store.domain.keys import Key
from store.domain.rotation import NO_OVERLAP, expiries
from store.domain.scopes import canonical
from store.domain.times import DAY, HOUR

OVERLAPS = (("1 h", HOUR), ("24 h", DAY), ("7 d", 7 * DAY), ("until I say", None))
DEFAULT, SHORTEST = 2, 0
LEAKED = (
    "It was found where it should not be: whoever found it can use it until the overlap ends. To "
    "end it now, cancel and revoke it with X."
)
LEAVER = (
    "{leaver} may know this key, and can go on with it until the overlap ends. Without one it "
    "stops at once, for whoever uses it."
)
OWN_SHAPE = "It has keydeck's own shape, not that of the key which was brought along."
NONE = ("none", NO_OVERLAP)
"""For a key that somebody who left may know, and above all for one that nobody uses."""
UNCONFIRMED = "Nobody said that this key is stored. If nobody has it, the shortest overlap will do."


@dataclass(frozen=True, slots=True)
class RotateRequest:
    """How long both keys work: milliseconds, or None for until somebody revokes the old one."""

    overlap_ms: int | None


class RotateDialog(Dialog[RotateRequest | None]):
    """Asks for the overlap."""

    def __init__(
        self,
        key: Key,
        now: int,
        predecessor_note: str | None = None,
        *,
        leaver: str | None = None,
        brought: bool = False,
        initial: RotateRequest | None = None,
        error: str | None = None,
        ascii_only: bool = False,
    ) -> None:
        """`predecessor_note` names the older key that this one is replacing, if it still works.

        `leaver` is who has left and may know it: then there may be no overlap at all. `brought` is
        whether somebody else made it.
        Asked again, `initial` is the answer that was refused with `error`.
        """
        super().__init__(ascii_only=ascii_only)
        self._key = key
        self._now = now
        self._older = predecessor_note
        self._leaver = leaver
        self._brought = brought
        self._overlaps = OVERLAPS if leaver is None else (NONE, *OVERLAPS)
        self._initial = initial
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return the choice, and what it means."""
        labels = [label for label, _ in self._overlaps]
        yield Static(
            "A new key takes over; this one goes on working for the overlap, so that nothing stops "
            "while you exchange it.",
            classes="means",
            markup=False,
        )
        key = self._key
        cautions = [LEAKED] if key.leaked_at is not None else []
        if self._leaver is not None:
            cautions.append(LEAVER.format(leaver=self._leaver))
        elif key.reached_nobody and not cautions:
            cautions.append(UNCONFIRMED)
        if cautions:
            yield Static(safe("\n".join(cautions)), classes="caution gap", markup=False)
        chosen = SHORTEST if cautions else DEFAULT
        if self._leaver is not None and key.last_used_at is not None:
            # Somebody would be interrupted.
            chosen += 1
        if self._initial is not None:
            chosen = [length for _, length in self._overlaps].index(self._initial.overlap_ms)
        yield row("Overlap", ChoiceBar(labels, chosen, id="overlap"), "gap")
        yield row("Old key", line("old", "means"), "gap")
        yield row("New key", line("new", "means"))
        if self._older is not None:
            older = f"{self._older}, which this key is replacing, stops at once."
            yield row("Older key", Static(safe(older), classes="caution", markup=False))

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Rotate", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the choice."""
        self.head(f"Rotate “{self._key.name}”")
        self.hint(
            Hint("enter", "Rotate", "go"), Hint("← →", "Overlap", "app.focus_next"), MOVE, BACK
        )
        self._say()
        self.wrong(self._error)
        self.query_one("#overlap").focus()

    @property
    def overlap_ms(self) -> int | None:
        """The overlap chosen so far."""
        return self._overlaps[self.query_one("#overlap", ChoiceBar).index][1]

    @on(ChoiceBar.Chosen)
    def _say(self) -> None:
        expire = expiries(self._key, self.overlap_ms, self._now)
        if self.overlap_ms == NO_OVERLAP:
            old = "Stops at once."
        elif expire.predecessor is None:
            old = "Works until you revoke it."
        elif expire.predecessor == self._key.expires_at:
            old = f"Keeps the expiry it has: {when(expire.predecessor, self._now)}."
        else:
            old = f"Works until {when(expire.predecessor, self._now)}, then expires by itself."
        new = (
            f"Same name. Scopes: {canonical(self._key.scopes)}. "
            f"{expires(expire.successor, self._now)}\nShown once, right after this."
        )
        if self._brought:
            new += f"\n{OWN_SHAPE}"
        self.query_one("#old", Static).update(Content(safe(old)))
        self.query_one("#new", Static).update(
            Content("\n").join(Content(safe(text)) for text in new.split("\n"))
        )

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer."""
        self.dismiss(RotateRequest(self.overlap_ms))
