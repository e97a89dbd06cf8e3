"""The calendar: what expires or is due in the next 90 days, and who would be cut off."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import Dialog
from console.text.bars import bars, binned
from console.text.due_words import cut_off, months, on_day, per_day
from console.text.plain import listed
from console.text.times import expiry
from console.widgets.key_bar import Hint
from console.widgets.parts import line
from console.widgets.row_list import Part, Row, RowList
from store.due import Due
from store.keys import EXPIRING_WITHIN
from store.secrets import shown

DAYS = 90
_COLUMNS = (
    Part("Day", 6),
    Part("", 8),
    Part("What", 12),
    Part("Key", share=2),
    Part("Would be cut off", share=3),
    Part("Held by", least=100, share=2),
)
_INDENT = 2
_AROUND = 12
"""Lines of the dialog that are none of the list's."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key of the calendar, and what is to be done with it: `show`, `rotate` or `extend`."""

    key_id: str
    verb: str


class CalendarDialog(Dialog[Chosen | None]):
    """One row a key, the next first."""

    BINDINGS = [  # noqa: RUF012
        Binding("r", "choose('rotate')", "Rotate", show=False),
        Binding("e", "choose('extend')", "Extend", show=False),
        Binding("q,c", "back", "Back", show=False),
    ]

    def __init__(
        self,
        found: Sequence[Due],
        now: int,
        *,
        prefix: str,
        cut_short: bool = False,
        read_only: bool = False,
        ascii_only: bool = False,
    ) -> None:
        """List `found`; `cut_short` where there is more than that."""
        super().__init__(ascii_only=ascii_only)
        self._found = found
        self._now = now
        self._prefix = prefix
        self._cut_short = cut_short
        self._read_only = read_only

    def body(self) -> Iterable[Widget]:
        """Return the days as bars, and the rows."""
        yield line("days")
        yield RowList(_COLUMNS, ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        """List everything."""
        soon = sum(one.at - self._now <= EXPIRING_WITHIN for one in self._found)
        more = "the first " if self._cut_short else ""
        self.head(f"The next {DAYS} days", f"{more}{len(self._found)} due, {soon} within 14 d")
        verbs = (
            Hint("r", "Rotate", "choose('rotate')"),
            Hint("e", "Extend", "choose('extend')"),
        )
        show = Hint("⏎", "Go to the key", "choose('show')")
        some = (show, *(() if self._read_only else verbs)) if self._found else ()
        self.hint(*some, Hint("esc", "Close", "back"))
        rows = self.query_one(RowList)
        names = Counter(one.key.name for one in self._found)
        rows.show([_row(one, self._now, self._named(one, names)) for one in self._found])
        rows.focus()

    def _named(self, one: Due, names: Counter[str]) -> str:
        key = one.key
        # Both keys of a rotation have one name.
        twice = names[key.name] > 1
        return f"{shown(self._prefix, key.id)} {key.name}" if twice else key.name

    def on_resize(self) -> None:
        """Draw for the room there is; of many rows the list scrolls, not the dialog."""
        height = min(len(self._found) + 1, max(3, self.size.height - _AROUND))
        self.query_one(RowList).styles.height = height
        self.call_after_refresh(self._draw_days)
        super().on_resize()

    def _draw_days(self) -> None:
        width = max(20, (self.query_one("#body").content_size.width or 70) - _INDENT)
        counts = binned(per_day(self._found, self._now, DAYS), width)
        said = Content("Nothing expires, and no rotation is due.")
        if self._found:
            each = DAYS // len(counts)
            drawn = bars(counts, max(counts), ascii_only=self.ascii_only)
            said = Content.assemble(
                "  ",
                (drawn, "$state-expiring"),
                "\n  ",
                (months(self._now, DAYS, each), "$dim"),
            )
        self.query_one("#days", Static).update(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow nothing that changes something where only reading is wanted."""
        return action != "choose" or not self._read_only or parameters == ("show",)

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        event.stop()
        self.action_choose("show")

    def action_choose(self, verb: str) -> None:
        """Leave for the current row's key."""
        current = self.query_one(RowList).current
        if current is not None:
            self.dismiss(Chosen(current, verb))


def _row(one: Due, now: int, name: str) -> Row:
    holders = listed(sorted({holder.name for holder in one.holders}))
    overdue = one.at <= now
    return Row(
        one.key.id,
        (
            on_day(one.at),
            "overdue" if overdue else expiry(one.at, now),
            one.why.value,
            name,
            cut_off(one, now),
            holders,
        ),
        tone="revoked" if overdue else "accent" if one.at - now <= EXPIRING_WITHIN else "text",
    )
