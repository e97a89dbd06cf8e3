"""The API keys tab: filter, counts, table, and the key in full where there is room."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from console.tabs.key_loader import KeyLoader, Request, Snapshot, first, hidden, lacks, place
from console.tabs.tab import Tab
from console.text.key_fields import SORTED_BY
from console.text.safe import safe
from console.widgets.filter_bar import FilterBar
from console.widgets.key_header import KeyHeader
from console.widgets.key_table import KeyTable
from console.widgets.key_window import KeyWindow
from console.widgets.leaving import in_thread, still
from console.widgets.polling import poll
from store.domain.filtering import meant
from store.domain.keys import Key
from store.domain.listing import KeyQuery, Sort, View
from store.errors import KeydeckError, NotAllowed, PlanRequired

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.first_look import FirstLook
    from store.operations.store import Store

FOLLOW_EVERY = 0.5
"""Seconds between two looks at the store: a change made elsewhere shows within one."""
PANE_AFTER = 0.08
"""Seconds the cursor rests on a key before the pane beside the table follows it."""
KEEP_AFTER = 1.0
"""Seconds after which a filter that has not been typed on is remembered."""


class KeysTab(Tab):
    """The workspace's keys, followed as they change."""

    BINDINGS = [  # noqa: RUF012
        Binding("slash", "filter", "Filter", show=False),
        Binding("o", "sort", "Sort", show=False),
        Binding("O", "reverse", "Reverse", show=False),
        Binding("escape", "clear", "Clear", show=False),
    ]

    class Refused(Message):
        """The store no longer shows keys to this person, or cannot."""

        def __init__(self, error: KeydeckError) -> None:
            super().__init__()
            self.error = error

    class Reached(Message):
        """The store answers again."""

    def __init__(
        self,
        prefix: str,
        *,
        ascii_only: bool,
        read_only: bool = False,
        look: "FirstLook | None" = None,
    ) -> None:
        """With `read_only` not even filter and order are written down for this person.

        A first look is drawn until there is a store to follow.
        """
        from console.tabs.pane import KeyPane

        super().__init__(id="keys-tab")
        self._prefix = prefix
        self._look = look
        self._followed = False  # before anybody is in, nothing is asked for
        self._ascii = ascii_only
        self._read_only = read_only
        self._query = KeyQuery()
        self._drawn: KeyQuery | None = None
        self._stored: View | None = None
        self._text = self._back = ""
        self._wake = asyncio.Event()
        self._go_to: str | None = None
        self._counting = self._looking = False
        self._troubled = False
        # Held, not sought: a screen or a flow may ask for them while the tab is taken down.
        self.table = KeyTable(prefix, ascii_only=ascii_only, marking=not read_only)
        """The table itself."""
        self.pane = KeyPane(prefix, ascii_only=ascii_only, read_only=read_only)
        """The pane beside the table, displayed where there is room for it."""

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield FilterBar(self._prefix)
        with Horizontal(id="keys"):
            with Vertical(id="list"):
                yield KeyHeader(self._prefix, ascii_only=self._ascii)
                yield self.table
                yield Static("", id="nothing", markup=False)
            yield self.pane

    @property
    def current(self) -> Key | None:
        """The current row's key."""
        return self.table.current

    @property
    def query_now(self) -> KeyQuery:
        """What is listed, and in which order."""
        return self._query

    @property
    def behind(self) -> bool:
        """Whether the list is not yet what was asked for, so that its rows are none to act on."""
        asked = self._drawn is not None and self._drawn != self._query
        return asked and not self._troubled and not self.query_one(FilterBar).field.has_focus

    def on_mount(self) -> None:
        """Draw what there is to draw already."""
        self.table.focus()
        if self._look is not None:
            self._query = KeyQuery((), self._look.view.sort, self._look.view.descending)
            self._say_order()
            self._draw(first(self._look, self._query))

    def follow(self, store: "Store", actor: "Actor") -> None:
        """Begin to follow a store, for somebody who has come in."""
        self._store, self._actor, self._followed = store, actor, True
        self._loader = KeyLoader(store, actor)
        self.pane.follow(store, actor)
        self.begin()

    @work(exclusive=True, group="follow")
    async def begin(self) -> None:
        """Look as this person did last, unless they look otherwise by now; follow the store."""
        initial = self._query
        # Whatever is refused, the first snapshot says it.
        with suppress(KeydeckError):
            bar, loader = self.query_one(FilterBar), self._loader
            view, bar.known = await in_thread(self, loader.known)
            bar.offered = loader.offered
            if self._query is initial and not (bar.field.value or bar.field.has_focus):
                self._stored = view
                self._query = replace(initial, sort=view.sort, descending=view.descending)
                self._say_order()
                bar.field.value = view.filter
        await self._follow()

    def take_focus(self) -> None:
        """Go on, having been opened again."""
        self._focus_list()
        self.look_again()

    def _focus_list(self) -> None:
        # A table without rows is not there to take keys: then the tab does.
        self.can_focus = not self.table.display
        (self if self.can_focus else self.table).focus()

    def look_again(self, key_id: str | None = None) -> None:
        """Read the store now; go to a key once it is there."""
        self._go_to = key_id or self._go_to
        self._wake.set()

    async def _follow(self) -> None:
        await poll(
            self,
            lambda: in_thread(self, partial(self._loader.load, self._request())),
            self._take,
            self._trouble,
            every=FOLLOW_EVERY,
            wake=self._wake,
            at_once=True,
        )

    def _take(self, snapshot: Snapshot) -> None:
        self._draw(snapshot)
        if snapshot.uncounted and not self._counting:
            self._count(snapshot.request.query)

    def _trouble(self, error: KeydeckError | None) -> bool:
        self._troubled = error is not None
        # Said once: each message lets a screen behind a dialog draw all of itself anew.
        self.post_message(self.Reached() if error is None else self.Refused(error))
        return not isinstance(error, NotAllowed | PlanRequired)

    @work(group="count")
    async def _count(self, query: KeyQuery) -> None:
        # One at a time: who types fast would start more counts than the machine has cores.
        self._counting = True
        try:
            await in_thread(self, partial(self._loader.count, query))
        except KeydeckError:
            # The next snapshot says it.
            return
        finally:
            self._counting = False
        self.look_again()

    def _request(self) -> Request:
        offset, limit = self.table.window
        key = self.table.current
        away = self._go_to is None and self._drawn is self._query and not self.table.sees_cursor
        return Request(
            query=self._query,
            offset=offset,
            limit=limit,
            key_id=self._go_to or (key.id if key else None),
            go=self._go_to is not None,
            steps=self.table.steps,
            row=self.table.cursor if away else None,
        )

    def _draw(self, snapshot: Snapshot) -> None:
        table, request = self.table, snapshot.request
        current = table.current
        # Whoever moved the cursor while the store was read knows where it belongs.
        moved = table.steps != request.steps
        cursor = snapshot.cursor
        if moved:
            there = current.id if current is not None else None
            cursor = place(snapshot.page, snapshot.offset, there)
        read = KeyWindow(
            keys=snapshot.page.keys,
            offset=snapshot.offset,
            total=snapshot.total,
            counted=snapshot.counts is not None and not snapshot.more,
            cursor=cursor,
            gone=snapshot.gone if current is None else lacks(snapshot, current),
            now=snapshot.now,
            revision=snapshot.revision,
        )
        table.show(read, follow=request.go or snapshot.gone or self._drawn is not request.query)
        self.query_one(KeyHeader).owned = table.owned
        if request.go and request.key_id == self._go_to:
            self._go_to = None
        self._say_gone(current, snapshot)
        # Until this list has been counted stands what was said last.
        if snapshot.counts is not None:
            matching = snapshot.total if request.query.terms else None
            self.query_one(FilterBar).say(
                snapshot.counts, matching, len(table.marked), more=snapshot.more
            )
        if request.query == self._query:
            # No key of a list of before says nothing of the list that is asked for now.
            self._say_nothing(snapshot)
        if snapshot.fresh:
            self._look_closer()

    def _say_gone(self, before: Key | None, snapshot: Snapshot) -> None:
        """Say what became of a key that the filter hides: of the current one, or of a new one."""
        # A key that was there before something was looked for is not missed once that is over.
        as_before = self._drawn is snapshot.request.query and not self._looking
        self._drawn, self._looking = snapshot.request.query, snapshot.page.unfinished
        if sentence := hidden(snapshot, before if as_before else None):
            self.app.notify(safe(sentence), markup=False, timeout=6)

    def _look_closer(self, after: float = 0) -> None:
        self.pane.look(self.current, after)

    def _say_nothing(self, snapshot: Snapshot) -> None:
        empty = snapshot.total == 0
        nothing = self.query_one("#nothing", Static)
        self.table.display, nothing.display = not empty, empty
        if empty and self._query.terms:
            other = meant(self._text, scopes=self.query_one(FilterBar).known.scopes)
            also = f" Did you mean {other}?" if other else ""
            so_far = " among those looked at so far" if snapshot.page.unfinished else ""
            nothing.update(f"No key matches “{self._text}”{so_far}.{also} Esc clears the filter.")
        elif empty:
            makes = "" if self._read_only else " n makes the first one; one key per integration."
            nothing.update(f"No keys yet.{makes}")
        focus = self.screen.focused
        if focus is (self.table if empty else self):
            self._focus_list()

    def action_filter(self) -> None:
        """Type a filter."""
        self._back = ""
        self.query_one(FilterBar).begin()

    def jump(self, text: str, back: str = "") -> None:
        """Filter by a text, as if it had been typed; `back` is a tab to go back to from it."""
        bar, self._back = self.query_one(FilterBar), back
        bar.field.value = text
        self._leave_filter()

    def go_to(self, key_id: str) -> None:
        """Go to a key; a filter, which may hide it, is taken away."""
        self._back = ""
        self.query_one(FilterBar).field.value = self._text = ""
        self._leave_filter()
        if self._query.terms:
            self._ask(terms=())
        self.look_again(key_id)

    def focus_pane(self) -> bool:
        """Give the focus to the pane; return whether there is one to give it to."""
        if self.pane.display and self.current is not None:
            self.pane.focus()
            return True
        return False

    def to_list(self) -> None:
        """Give the focus back to the table."""
        (self.table if self.table.display else self).focus()
        self.query_one(FilterBar).leave()

    def on_key_details_left(self) -> None:
        """Give the focus back to the table."""
        self.to_list()

    def action_clear(self) -> None:
        """Take the marks away, or else show every key again."""
        bar = self.query_one(FilterBar)
        if self.table.marked and not bar.field.has_focus:
            self.table.unmark_all()
            self.look_again()
            return
        bar.field.value = ""
        self._leave_filter()
        if self._back:
            self.call_later(self.screen.run_action, f"tab('{self._back}')")
            self._back = ""

    def action_sort(self) -> None:
        """Sort by the next column."""
        of_owners = self.table.owned or self._query.sort is Sort.OWNER
        orders = [sort for sort in SORTED_BY.values() if of_owners or sort is not Sort.OWNER]
        following = orders[(orders.index(self._query.sort) + 1) % len(orders)]
        self._ask(sort=following, descending=False)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._ask(descending=not self._query.descending)

    @on(FilterBar.Asked)
    def _filtered(self, event: FilterBar.Asked) -> None:
        self._text = event.text
        if event.terms != self._query.terms:
            self._ask(terms=event.terms)

    @on(FilterBar.Left)
    def _leave_filter(self) -> None:
        bar = self.query_one(FilterBar)
        if bar.field.has_focus:
            self._focus_list()
        bar.leave()

    @on(KeyHeader.Clicked)
    def _header_clicked(self, event: KeyHeader.Clicked) -> None:
        again = event.sort is self._query.sort
        self._ask(sort=event.sort, descending=again and not self._query.descending)

    @on(KeyTable.Wanted)
    @on(KeyTable.Marked)
    def _look_where_it_went(self) -> None:
        self.look_again()

    @on(KeyTable.Moved)
    def _moved(self) -> None:
        self._look_closer(PANE_AFTER)

    def on_resize(self) -> None:
        """Read as many rows as are seen."""
        self.look_again()
        self._look_closer()

    def _ask(self, **changes: object) -> None:
        if not self._followed:
            return
        change: Callable[..., KeyQuery] = replace
        self._query = change(self._query, **changes)
        self._say_order()
        self.look_again()
        self._keep()

    def _say_order(self) -> None:
        header = self.query_one(KeyHeader)
        header.sort, header.descending = self._query.sort, self._query.descending
        self.table.sort = self._query.sort

    @work(exclusive=True, group="keep")
    async def _keep(self) -> None:
        await still(self, asyncio.sleep(KEEP_AFTER))
        # Whoever comes back is not greeted by an empty list.
        found = self._text if self.table.display else ""
        view = View(found, self._query.sort, self._query.descending)
        if not self._read_only and view != self._stored:
            self._stored = None
            # It is a convenience; the next change tries again.
            with suppress(KeydeckError):
                await in_thread(self, partial(self._store.key_views.keep, self._actor, view))
                self._stored = view
