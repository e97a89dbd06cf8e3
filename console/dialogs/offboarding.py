"""The keys that somebody who left may know, one a line: each is rotated, revoked or kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Button, Static

from console.dialogs.dialog import Dialog
from console.text import key_words
from console.text.offboarding_words import DONE, known, outcome, progress
from console.text.times import ago
from console.widgets.hint_bar import Hint
from console.widgets.parts import button, line, lines
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.key_string import shown
from store.domain.offboarding import Decision, KnownKey, Offboarding

_COLUMNS = (
    ListColumn("Key"),
    ListColumn("", 10),
    ListColumn("Last used", 10),
    ListColumn("Last hour", 9),
    ListColumn("Decision", 9),
)
_MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be done with one of the keys."""

    decision: Decision
    key_id: str


class OffboardingDialog(Dialog[Choice | None]):
    """Asks what becomes of the next key. Left without an answer, it can be gone on with later."""

    BINDINGS = [  # noqa: RUF012
        Binding("r", "choose('rotate')", "Rotate", show=False),
        Binding("X", "choose('revoke')", "Revoke", show=False),
        Binding("K", "choose('keep')", "Keep", show=False),
    ]

    def __init__(
        self,
        theirs: Offboarding,
        now: int,
        *,
        prefix: str,
        at: str | None = None,
        error: str | None = None,
        ascii_only: bool = False,
    ) -> None:
        """Begin at the first key that waits, after `at` where that is one of them.

        `error` says why the last answer was refused.
        """
        super().__init__(ascii_only=ascii_only)
        self._theirs = theirs
        self._now = now
        self._prefix = prefix
        self._at = at
        self._error = error

    def body(self) -> Iterable[Widget]:
        """Return what has happened already, the keys, and the current one in full."""
        yield Static(
            lines(
                f"{self._theirs.email} cannot sign in here any more. These keys they may know; "
                "each works until it is rotated or revoked."
            ),
            classes="means",
        )
        rows = RowList(_COLUMNS, ascii_only=self.ascii_only)
        rows.styles.height = min(len(self._theirs.keys), _MOST_ROWS) + 1
        rows.styles.margin = (1, 0)
        yield rows
        yield line("current", "means")

    def actions(self) -> Iterable[Widget]:
        """Return what may become of a key."""
        return (
            button("Rotate", "rotate"),
            button("Revoke", "revoke"),
            button("Keep", "keep"),
            button("Later", "back"),
        )

    def on_mount(self) -> None:
        """Begin at a key that waits."""
        super().on_mount()
        self.head(f"{self._theirs.name} has left", progress(self._theirs, self._now))
        self.hint(
            Hint("r", "Rotate", "choose('rotate')"),
            Hint("X", "Revoke", "choose('revoke')"),
            Hint("K", "Keep", "choose('keep')"),
            Hint("↑ ↓", "Move", "move(1)", 2),
            Hint("esc", "Later", "back"),
        )
        self.wrong(self._error)
        rows = self.query_one(RowList)
        rows.show(tuple(self._row(known_key) for known_key in self._theirs.keys))
        rows.action_move(self._first())
        rows.focus()
        self._tell()

    def _row(self, known_key: KnownKey) -> Row:
        decided = DONE[known_key.decided.what] if known_key.decided else ""
        requests = known_key.traffic.allowed + known_key.traffic.refused
        waits = known_key.waits(self._now)
        return Row(
            known_key.key.id,
            (
                known_key.key.name,
                shown(self._prefix, known_key.key.id),
                ago(known_key.key.last_used_at, self._now),
                f"{requests:,}" if requests else "-",
                decided or ("to decide" if waits else "over"),
            ),
            tone="accent" if waits else "quiet",
        )

    def _first(self) -> int:
        waiting = [
            place for place, known_key in enumerate(self._theirs.keys) if known_key.waits(self._now)
        ]
        before = [known_key.key.id for known_key in self._theirs.keys]
        after = before.index(self._at) if self._at in before else 0
        return next((place for place in waiting if place >= after), waiting[0] if waiting else 0)

    @property
    def _current(self) -> KnownKey:
        current = self.query_one(RowList).current
        return next(known_key for known_key in self._theirs.keys if known_key.key.id == current)

    @on(RowList.Moved)
    def _tell(self) -> None:
        known_key, now = self._current, self._now
        self.query_one("#current", Static).update(
            lines(
                f"Known: {known(known_key, now)}",
                f"Use: {key_words.use(known_key.key, known_key.traffic, now)}",
                f"Decision: {outcome(known_key, now, self._prefix)}",
            )
        )

    def action_move(self, by: int) -> None:
        """Move to another key."""
        self.query_one(RowList).action_move(by)

    def action_choose(self, decision: str) -> None:
        """Answer for the current key."""
        known_key = self._current
        if known_key.waits(self._now):
            self.dismiss(Choice(Decision(decision), known_key.key.id))
        else:
            self.wrong(
                f"“{known_key.key.name}” is decided: {outcome(known_key, self._now, self._prefix)}."
            )

    @on(Button.Pressed, "#rotate")
    @on(Button.Pressed, "#revoke")
    @on(Button.Pressed, "#keep")
    def _pressed(self, event: Button.Pressed) -> None:
        self.action_choose(str(event.button.id))

    @on(Button.Pressed, "#back")
    def _later(self) -> None:
        self.action_back()
