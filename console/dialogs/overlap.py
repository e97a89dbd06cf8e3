"""Extend an overlap: for how long, from now on, both keys of a rotation work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import BACK, MOVE, Dialog
from console.text.safe import safe
from console.text.sentences import when
from console.widgets.choice_bar import ChoiceBar
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, line, row
from store.domain.rotation import RotationProgress
from store.domain.times import DAY

OVERLAPS = (("24 h", DAY), ("7 d", 7 * DAY), ("30 d", 30 * DAY), ("until I say", None))
DEFAULT = 1


@dataclass(frozen=True, slots=True)
class OverlapRequest:
    """How long both work, from now or their beginning: milliseconds; None until one is revoked."""

    overlap_ms: int | None


class OverlapDialog(Dialog[OverlapRequest | None]):
    """Asks for the length, and says what becomes of the old key."""

    def __init__(
        self,
        progress: RotationProgress,
        now: int,
        cut: Sequence[str] = (),
        *,
        ascii_only: bool = False,
    ) -> None:
        """`cut` says whom a sooner end cuts off, a line each; first what decides."""
        super().__init__(ascii_only=ascii_only)
        self._course = progress
        self._warned = False
        self._now = now
        self._cut = cut

    def body(self) -> Iterable[Widget]:
        """Return the choice, and what it means."""
        ends = self._course.predecessor.expires_at
        before = "until one is revoked" if ends is None else f"until {when(ends, self._now)}"
        yield Static(f"Now: both keys work {before}.", classes="means", markup=False)
        yield row(
            "From now" if self._course.predecessor.begun(self._now) else "From then",
            ChoiceBar([label for label, _ in OVERLAPS], DEFAULT, id="overlap"),
            "gap",
        )
        yield row("Old key", line("old", "means"), "gap")

    def actions(self) -> Iterable[Widget]:
        """Return the two buttons."""
        return button("Extend", "go", primary=True), button("Cancel", "back")

    def on_mount(self) -> None:
        """Begin at the choice."""
        self.head(f"Extend the overlap of {self._course.predecessor.name}")
        self.hint(
            Hint("enter", "Extend", "go"), Hint("← →", "Length", "app.focus_next"), MOVE, BACK
        )
        self._say()
        self.query_one("#overlap").focus()

    @property
    def _chosen(self) -> int | None:
        return OVERLAPS[self.query_one("#overlap", ChoiceBar).index][1]

    @property
    def _ends(self) -> int | None:
        return self._course.ends(self._chosen, self._now)

    @property
    def _sooner(self) -> bool:
        before, ends = self._course.predecessor.expires_at, self._ends
        return ends is not None and (before is None or ends < before)

    @on(ChoiceBar.Chosen)
    def _say(self) -> None:
        self._warned = False
        own, ends, sooner = self._course.rotation.expires_before, self._ends, self._sooner
        self.query_one("#go", Button).label = Content("Shorten" if sooner else "Extend")
        if ends is None:
            sentence = "Works until you revoke it."
        elif ends == own:
            sentence = f"Works until {when(ends, self._now)}, when it would have expired anyway."
        else:
            sentence = f"Works until {when(ends, self._now)}, then expires by itself."
        text = Content.styled(safe(sentence), "$warning" if sooner else "$dim")
        if sooner:
            more = "".join(f"\n{safe(sentence)}" for sentence in self._cut)
            text = Content.assemble(text, ("\nThat is sooner than now.", "$warning"), more)
        self.query_one("#old", Static).update(text)

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Answer; a sooner end only when asked for twice."""
        if self._sooner and not self._warned:
            self._warned = True
            self.wrong("Whoever still uses the old key has less time then. Enter again does it.")
            return
        self.dismiss(OverlapRequest(self._chosen))
