"""The calendar: what expires or is due in the next 90 days, and who would be cut off."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.offering import OfferingDialog
from console.text.bars import bars, binned
from console.text.due_words import cut_off, months, on_day, per_day
from console.text.sentences import listed
from console.text.times import expiry
from console.verb import Verb
from console.widgets.hint_bar import Hint
from console.widgets.leaving import still
from console.widgets.parts import line
from console.widgets.polling import poll
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.due import Due, DuePage
from store.domain.key_string import shown
from store.domain.keys import EXPIRING_WITHIN, Key
from store.errors import KeydeckError

DAYS = 90
PAGE = 500
"""Keys that are read at once; more as one goes down."""
FOLLOW_EVERY = 0.8
"""Seconds between two looks at the store."""
_COLUMNS = (
    ListColumn("Day", 6),
    ListColumn("", 8),
    ListColumn("What", 12),
    ListColumn("Key", share=2),
    ListColumn("Would be cut off", share=3),
    ListColumn("Held by", least=100, share=2),
)
_INDENT = 2
_AROUND = 12
"""Lines of the dialog that are none of the list's."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key of the calendar, and what is to be done with it; None to see it in the list."""

    key_id: str
    verb: Verb[Key] | None


class CalendarDialog(OfferingDialog[Chosen | None]):
    """One row a key, the next first."""

    BINDINGS = [  # noqa: RUF012
        Binding("q,c", "back", "Back", show=False),
    ]

    def __init__(
        self,
        page: DuePage,
        read: Callable[[int], Awaitable[DuePage | None]],
        verbs: Sequence[Verb[Key]],
        *,
        prefix: str,
        looks_only: str = "",
        ascii_only: bool = False,
    ) -> None:
        """List `page`, then whatever `read` brings of so many keys; None is nothing new.

        `verbs` are offered for the current row's key.
        """
        super().__init__(verbs, looks_only=looks_only, ascii_only=ascii_only)
        self._page = page
        self._read = read
        self._keys = self._wanted = PAGE
        self._wake = asyncio.Event()
        self._prefix = prefix

    def body(self) -> Iterable[Widget]:
        """Return the days as bars, and the rows."""
        yield line("days")
        yield RowList(_COLUMNS, ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        """List what is known, and follow the store."""
        self._draw()
        self.query_one(RowList).focus()
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await poll(
            self,
            self._read_wanted,
            self._changed,
            self._troubled,
            every=FOLLOW_EVERY,
            wake=self._wake,
        )

    async def _read_wanted(self) -> tuple[DuePage | None, int]:
        wanted = self._wanted
        return await still(self, self._read(wanted)), wanted

    def _troubled(self, error: KeydeckError | None) -> bool:
        self.wrong(str(error) if error else None)
        return True

    def _changed(self, found: tuple[DuePage | None, int]) -> None:
        page, wanted = found
        if page is not None:
            self._page, self._keys = page, wanted
            self._draw()
            self._fill()

    def _draw(self) -> None:
        dates, now = self._page.dates, self._page.now
        soon = sum(due.at - now <= EXPIRING_WITHIN for due in dates)
        first = "the first " if self._page.more else ""
        self.head(f"The next {DAYS} days", f"{first}{len(dates):,} due, {soon:,} within 14 d")
        verbs = (Hint(verb.key, verb.label, self.choosing(verb)) for verb in self.offered)
        some = (Hint("⏎", "Go to the key", "show"), *verbs) if dates else ()
        self.hint(*some, Hint("esc", "Close", "back"))
        names = Counter(due.key.name for due in {due.key.id: due for due in dates}.values())
        self.query_one(RowList).show([_row(due, now, self._named(due, names)) for due in dates])

    @on(RowList.NearEnd)
    def _read_further(self, event: RowList.NearEnd) -> None:
        event.stop()
        if self._page.more:
            self._wanted = self._keys + PAGE
            self._wake.set()

    def _named(self, due: Due, names: Counter[str]) -> str:
        key = due.key
        # Both keys of a rotation have one name.
        twice = names[key.name] > 1
        return f"{shown(self._prefix, key.id)} {key.name}" if twice else key.name

    def on_resize(self) -> None:
        """Draw for the room there is; of many rows the list scrolls, not the dialog."""
        super().on_resize()
        self._fill()

    def _fill(self) -> None:
        height = min(len(self._page.dates) + 1, max(3, self.size.height - _AROUND))
        self.query_one(RowList).styles.height = height
        self.call_after_refresh(self._draw_days)

    def _draw_days(self) -> None:
        width = max(20, (self.query_one("#body").content_size.width or 70) - _INDENT)
        dates, now = self._page.dates, self._page.now
        counts = binned(per_day(dates, now, DAYS), width)
        text = Content("Nothing expires, and no rotation is due.")
        if dates:
            each = DAYS // len(counts)
            drawn = bars(counts, max(counts), ascii_only=self.ascii_only)
            text = Content.assemble(
                "  ",
                (drawn, "$state-expiring"),
                "\n  ",
                (months(now, DAYS, each), "$dim"),
            )
        self.query_one("#days", Static).update(text)

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        event.stop()
        self.action_show()

    def action_show(self) -> None:
        """Leave for the current row's key, in the list."""
        self.chosen(None)

    def chosen(self, verb: Verb[Key] | None) -> None:
        """Leave for the current row's key, and what is to be done with it."""
        current = self.query_one(RowList).current
        if current is not None:
            self.dismiss(Chosen(current.partition(" ")[0], verb))


def _row(due: Due, now: int, name: str) -> Row:
    holders = listed(sorted({holder.name for holder in due.holders}))
    overdue = due.at <= now
    return Row(
        # A key may have two dates.
        f"{due.key.id} {due.why.value}",
        (
            on_day(due.at),
            "overdue" if overdue else expiry(due.at, now),
            due.why.value,
            name,
            cut_off(due, now),
            holders,
        ),
        tone="revoked" if overdue else "accent" if due.at - now <= EXPIRING_WITHIN else "text",
    )
