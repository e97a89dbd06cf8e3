"""The API keys tab: filter, counts, table, and the key in full where there is room."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from console.widgets.key_header import KeyHeader
from console.widgets.key_table import KeyTable
from console.widgets.leaving import in_thread
from store.errors import KeydeckError, NotAllowed, PlanRequired
from store.keys import Key
from store.listing import Counts, KeyQuery, Sort

if TYPE_CHECKING:
    from store.opening import Store
    from store.people import Actor
    from store.service.keys import Details

RECOUNT_EVERY = 5000
"""Milliseconds after which keys may have expired without any change."""

FOLLOW_EVERY = 0.5
"""Seconds between two looks at the store: a change made elsewhere shows within one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one look at the store is to bring."""

    query: KeyQuery
    offset: int
    limit: int
    key_id: str | None
    """The key to stay on, wherever it is now."""
    details: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted anew only when the store has changed, or time may have."""

    seen: tuple[int, KeyQuery]
    at: int
    total: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Look:
    """What the store held at one instant."""

    total: int
    counts: Counts
    offset: int
    keys: tuple[Key, ...]
    cursor: int | None
    details: "Details | None"
    now: int


class KeysTab(Vertical):
    """The workspace's keys, followed as they change."""

    BINDINGS = [  # noqa: RUF012
        Binding("slash", "filter", "Filter", show=False),
        Binding("o", "sort", "Sort", show=False),
        Binding("escape", "clear_filter", "Clear filter", show=False),
    ]

    class Refused(Message):
        """The store no longer shows keys to this person, or cannot."""

        def __init__(self, error: KeydeckError) -> None:
            super().__init__()
            self.error = error

    class Reached(Message):
        """The store answered."""

    def __init__(self, store: "Store", actor: "Actor", *, ascii_only: bool) -> None:
        super().__init__()
        self._store = store
        self._actor = actor
        self._ascii = ascii_only
        self._query = KeyQuery()
        self._wake = asyncio.Event()
        self._go_to: str | None = None
        self._counted: Counted | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        from console.widgets.key_details import KeyDetails

        with Horizontal(id="filter-line"):
            yield Input(placeholder="/ filter", id="filter", compact=True, select_on_focus=False)
            yield Static("", id="counts", markup=False)
        with Horizontal(id="keys"):
            with Vertical(id="list"):
                yield KeyHeader(self._store.prefix, ascii_only=self._ascii)
                yield KeyTable(self._store.prefix, ascii_only=self._ascii)
                yield Static("", id="nothing", markup=False)
            yield KeyDetails(prefix=self._store.prefix, ascii_only=self._ascii, id="details")

    @property
    def table(self) -> KeyTable:
        """The table itself."""
        return self.query_one(KeyTable)

    @property
    def current(self) -> Key | None:
        """The current row's key."""
        return self.table.current

    def on_mount(self) -> None:
        """Begin to follow the store."""
        self.query_one("#filter", Input).can_focus = False
        self.table.focus()
        self.follow()

    def look_again(self, key_id: str | None = None) -> None:
        """Read the store now; go to a key once it is there."""
        self._go_to = key_id or self._go_to
        self._wake.set()

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Look at the store again and again, and draw what has changed."""
        while True:
            self._wake.clear()
            try:
                look = await in_thread(self, partial(self._look, self._wish()))
            except (NotAllowed, PlanRequired) as error:
                self.post_message(self.Refused(error))
                return
            except KeydeckError as error:
                self.post_message(self.Refused(error))
            else:
                self._draw(look)
                self.post_message(self.Reached())
            try:
                await asyncio.wait_for(self._wake.wait(), FOLLOW_EVERY)
            except TimeoutError:
                continue

    def _wish(self) -> Wish:
        offset, limit = self.table.wish
        key = self.table.current
        return Wish(
            query=self._query,
            offset=offset,
            limit=limit,
            key_id=self._go_to or (key.id if key else None),
            details=self.query_one("#details").display,
        )

    def _look(self, wish: Wish) -> Look:
        keys, actor = self._store.keys, self._actor
        now = self._store.clock.now()
        counted = self._counted
        seen = (self._store.revision(), wish.query)
        if counted is None or counted.seen != seen or now - counted.at >= RECOUNT_EVERY:
            counted = Counted(seen, now, keys.count(actor, wish.query), keys.counts(actor))
        # Between two revisions only use moves a key, and only in a list sorted by use.
        moved = counted is not self._counted or wish.query.sort is Sort.LAST_USED
        self._counted = counted
        cursor = None
        if wish.key_id and (moved or self._go_to):
            cursor = keys.position(actor, wish.query, wish.key_id)
        offset = wish.offset
        if cursor is not None and not offset <= cursor < offset + wish.limit:
            offset = max(0, cursor - wish.limit // 2)
        page = keys.page(actor, wish.query, limit=wish.limit, offset=offset)
        details = None
        if wish.details and page.keys:
            ids = {key.id for key in page.keys}
            wanted = wish.key_id if wish.key_id in ids else page.keys[0].id
            details = keys.details(actor, wanted or page.keys[0].id)
        return Look(
            total=counted.total,
            counts=counted.counts,
            offset=offset,
            keys=page.keys,
            cursor=cursor,
            details=details,
            now=now,
        )

    def _draw(self, look: Look) -> None:
        table = self.table
        current = table.current
        # The cursor may have moved on while the store was read: then it is where it belongs.
        stale = current is not None and self._go_to is None and look.cursor is not None
        moved = stale and current is not None and self._key_at(look) != current.id
        cursor = None if moved else look.cursor
        table.show(
            total=look.total, offset=look.offset, keys=look.keys, cursor=cursor, now=look.now
        )
        if self._go_to is not None and look.cursor is not None:
            self._go_to = None
        self._say_counts(look.counts)
        self._say_nothing(look)
        self._show_details(look)

    @staticmethod
    def _key_at(look: Look) -> str | None:
        if look.cursor is None:
            return None
        place = look.cursor - look.offset
        return look.keys[place].id if 0 <= place < len(look.keys) else None

    def _show_details(self, look: Look) -> None:
        from console.widgets.key_details import KeyDetails

        pane = self.query_one("#details", KeyDetails)
        if pane.display:
            current = self.table.current
            fits = look.details and current and look.details.key.id == current.id
            pane.show(look.details if fits else None, look.now)

    def _say_counts(self, counts: Counts) -> None:
        text = Text(end="", no_wrap=True)
        said = (
            (counts.active, "active", "active"),
            (counts.expiring, "expiring", "expiring"),
            (counts.rotating, "rotating", "rotating"),
            (counts.expired, "expired", "expired"),
            (counts.revoked, "revoked", "revoked"),
        )
        colours = self.app.theme_variables
        for number, word, tone in said:
            if number or word == "active":
                text.append("  " if text else "")
                text.append(f"{number:,}", style=_colour(colours.get(f"state-{tone}", "")))
                text.append(f" {word}", style=_colour(colours.get("dim", "")))
        self.query_one("#counts", Static).update(text, layout=True)

    def _say_nothing(self, look: Look) -> None:
        empty = look.total == 0
        self.table.display = not empty
        nothing = self.query_one("#nothing", Static)
        nothing.display = empty
        if empty and self._query.text:
            nothing.update(f"No key matches “{self._query.text}”. Esc clears the filter.")
        elif empty:
            nothing.update("No keys yet. n makes the first one; one key per integration.")
        focus = self.screen.focused
        if empty and focus is self.table:
            self.can_focus = True
            self.focus()
        elif not empty and focus is self:
            self.can_focus = False
            self.table.focus()

    def action_filter(self) -> None:
        """Type words that name or id must contain."""
        field = self.query_one("#filter", Input)
        field.can_focus = True
        field.focus()

    def action_clear_filter(self) -> None:
        """Show every key again."""
        field = self.query_one("#filter", Input)
        field.value = ""
        self._leave_filter()

    def action_sort(self) -> None:
        """Sort by the next column."""
        orders = [Sort.STATE, Sort.NAME, Sort.EXPIRES, Sort.LAST_USED]
        following = orders[(orders.index(self._query.sort) + 1) % len(orders)]
        self._ask(sort=following, descending=False)

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._ask(text=event.value.strip())

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        field = self.query_one("#filter", Input)
        if field.has_focus:
            (self.table if self.table.display else self).focus()
        field.can_focus = False

    @on(KeyHeader.Clicked)
    def _header_clicked(self, event: KeyHeader.Clicked) -> None:
        again = event.sort is self._query.sort
        self._ask(sort=event.sort, descending=again and not self._query.descending)

    @on(KeyTable.Wanted)
    @on(KeyTable.Moved)
    def _look_where_it_went(self) -> None:
        self.look_again()

    def on_resize(self) -> None:
        """Read as many rows as are seen."""
        self.look_again()

    def _ask(self, **changes: object) -> None:
        change: Callable[..., KeyQuery] = replace
        self._query = change(self._query, **changes)
        header = self.query_one(KeyHeader)
        header.sort, header.descending = self._query.sort, self._query.descending
        self.look_again()


def _colour(name: str) -> str:
    # Textual writes terminal colours as `ansi_red`, Rich as `red`.
    return name.removeprefix("ansi_")
