"""How long a key lives, and how often it is replaced."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from console.text.safe import safe
from console.text.sentences import when
from console.widgets.choice_bar import ChoiceBar
from console.widgets.field import Field
from console.widgets.leaving import MayLeave
from store.domain.times import expiry, rfc3339
from store.errors import Invalid

LIFETIMES = ("30d", "90d", "365d")
DATE, NEVER = 3, 4
DEFAULT = 1
INTERVALS = (None, 30, 90, 180, 365)
NINETY = 2
WARNING = "A key that never expires leaks for ever. Rotate it regularly to limit the exposure."


@dataclass(frozen=True, slots=True)
class Life:
    """When a key ends and how often it is to be rotated."""

    expires_at: int | None
    rotate_every_days: int | None


class Lifetime(MayLeave, Vertical):
    """30 d, 90 d, 1 y, a date or never; with never comes a rotation interval."""

    DEFAULT_CSS = "Lifetime { height: auto; }"

    def __init__(
        self,
        now: Callable[[], int],
        life: Life | None = None,
        *,
        not_before: int | None = None,
        rotation: bool = True,
    ) -> None:
        """Begin with 90 days, or with a life chosen before. `now` gives UTC milliseconds.

        A length counts from `not_before` on. Without `rotation` only the expiry is asked for.
        """
        super().__init__()
        self._rotation = rotation
        self._now = now
        self._life = life
        self._not_before = not_before
        self._rotation_touched = life is not None

    def compose(self) -> ComposeResult:
        """Lay out the two choices."""
        life = self._life
        chosen, interval, date = DEFAULT, 0, ""
        if life is not None:
            chosen = NEVER if life.expires_at is None else DATE
            date = "" if life.expires_at is None else rfc3339(life.expires_at)[:10]
            if life.rotate_every_days in INTERVALS:
                interval = INTERVALS.index(life.rotate_every_days)
        with Horizontal(classes="row gap"):
            yield Static("Expires", classes="label", markup=False)
            yield ChoiceBar(("30 d", "90 d", "1 y", "a date", "never"), chosen, id="expires")
        with Horizontal(classes="row", id="date-row"):
            yield Static("", classes="label", markup=False)
            yield Field(date, placeholder="2027-01-31 or 45d", max_length=20, id="date")
        with Horizontal(classes="row"):
            yield Static("", classes="label", markup=False)
            yield Static("", id="instant", markup=False)
        with Horizontal(classes="row gap", id="rotate-row") as rotate_row:
            rotate_row.display = self._rotation
            yield Static("Rotate", classes="label", markup=False)
            yield ChoiceBar(("no plan", "30 d", "90 d", "180 d", "1 y"), interval, id="rotate")

    def on_mount(self) -> None:
        """Say what is chosen."""
        self._say()

    def begin_at(self, not_before: int | None) -> None:
        """Count lengths from another beginning, or from now."""
        self._not_before = not_before
        self._say()

    def life(self) -> Life:
        """Return what is chosen, seen from now. Raises Invalid when the typed date is no expiry."""
        chosen = self.query_one("#expires", ChoiceBar).index
        every = INTERVALS[self.query_one("#rotate", ChoiceBar).index]
        if chosen == NEVER:
            return Life(None, every)
        if chosen == DATE:
            return Life(self._typed(), every)
        return Life(expiry(LIFETIMES[chosen], self._now(), self._not_before), every)

    def _typed(self) -> int:
        text = self.query_one("#date", Field).value.strip()
        if not text:
            raise Invalid("expires", "Write a date such as 2027-01-31, or a length such as 45d.")
        # A life chosen before keeps its instant: the date alone would move it to the day's end.
        before = self._life.expires_at if self._life is not None else None
        if before is not None and text == rfc3339(before)[:10] and before > self._now():
            return before
        instant = expiry(text, self._now(), self._not_before)
        if instant is None:
            raise Invalid("expires", "Choose “never” above, so that it is seen.")
        return instant

    @on(ChoiceBar.Chosen, "#expires")
    def _expires_chosen(self) -> None:
        never = self.query_one("#expires", ChoiceBar).index == NEVER
        if not self._rotation_touched:
            self.query_one("#rotate", ChoiceBar).index = NINETY if never else 0
        self._say()

    @on(ChoiceBar.Chosen, "#rotate")
    def _rotate_chosen(self) -> None:
        self._rotation_touched = True

    @on(Input.Changed, "#date")
    def _date_typed(self) -> None:
        self._say()

    def on_key(self, event: events.Key) -> None:
        """Take a digit typed on the choice as the beginning of a date or a length."""
        bar = self.query_one("#expires", ChoiceBar)
        if not bar.has_focus or event.character is None or event.character not in "0123456789":
            return
        event.stop()
        bar.choose(DATE)
        date = self.query_one("#date", Field)
        date.value = event.character
        date.focus()
        date.cursor_position = 1

    def go_to_trouble(self) -> None:
        """Put the focus where a wrong date is put right."""
        self.query_one("#date", Field).focus()

    def _say(self) -> None:
        chosen = self.query_one("#expires", ChoiceBar).index
        self.query_one("#date-row").display = chosen == DATE
        line = self.query_one("#instant", Static)
        line.set_class(chosen == NEVER, "warning")
        if chosen == NEVER:
            line.update(Content(WARNING))
            return
        try:
            instant = self.life().expires_at
        except Invalid as error:
            typed = self.query_one("#date", Field).value
            line.update(Content(safe(str(error)) if typed else "a date lasts to its end in UTC"))
        else:
            line.update(Content(when(instant, self._now()) if instant is not None else ""))
