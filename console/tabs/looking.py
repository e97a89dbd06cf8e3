"""Looks at the store: what the keys tab draws, read in a thread, and only where it may be new.

The rows come first and the numbers follow: counting a million keys takes longer than a page.
"""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from store.keys import Key
from store.listing import Counts, KeyQuery, Page, View
from store.scopes import Access

if TYPE_CHECKING:
    from store.opening import Store
    from store.people import Actor

AGAIN_AFTER = 5000
"""Milliseconds after which keys may have expired without any change."""
_SHARE = 50
"""Counting over and over may take one part in so many of the time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one look at the store is to bring."""

    query: KeyQuery
    offset: int
    limit: int
    key_id: str | None
    """The key to stay on, wherever it is now."""
    go: bool
    """Whether to look where that key is, though nothing has changed."""
    steps: int = 0
    """How often the cursor had been moved when this was wished for."""
    row: int | None = None
    """Where that key was while it is out of view: the rows in view are wished for then."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the store held at one instant."""

    wish: Wish
    now: int
    revision: int
    """The store's, from before anything was read."""
    page: Page
    offset: int
    cursor: int | None
    """Where the wished key is, or None where it need not be looked for."""
    gone: bool
    """Whether it is in the list no longer."""
    total: int = 0
    """How many keys the query finds; as many as are known of, while they are not counted."""
    counts: Counts | None = None
    """None where they were not counted for this query yet."""
    uncounted: bool = True
    """Whether the numbers may be others by now."""
    fresh: bool = True
    """Whether anything was read for it."""


@dataclass(frozen=True, slots=True)
class _Counted:
    query: KeyQuery
    revision: int
    good_until: int
    total: int
    counts: Counts


class Lookout:
    """Reads a workspace's keys for somebody."""

    def __init__(self, store: "Store", actor: "Actor") -> None:
        self._store = store
        self._actor = actor
        self._changes: object = None
        self._revision = 0
        self._read_at = 0
        self._last: Look | None = None
        self._counted: _Counted | None = None

    def look(self, wish: Wish) -> Look:
        """Read what is wished for. Blocking. Raises NotAllowed, PlanRequired or StoreUnusable."""
        now, last = self._store.clock.now(), self._last
        # Before reading: what is committed meanwhile is seen the next time.
        changes = self._store.changes()
        old = last is None or changes != self._changes or now - self._read_at >= AGAIN_AFTER
        if old:
            self._revision = self._store.revision()
        if last is None or old or wish.go or not _covers(last, wish):
            last = self._read(wish, now)
        else:
            last = replace(last, wish=wish, now=now, cursor=None, gone=False, fresh=False)
        if old:
            self._changes, self._read_at = changes, now
        self._last = last = self._numbered(last)
        return last

    def known(self) -> tuple[View, tuple[str, ...], tuple[str, ...]]:
        """Return how this person looked last, the scopes there are, and the people.

        Blocking. Raises what `look` raises.
        """
        catalogue = self._store.keys.catalogue()
        return (
            self._store.views.of(self._actor),
            tuple(f"{one.name}:{access.value}" for one in catalogue for access in Access),
            tuple(one.email.partition("@")[0] for one in self._store.people.all(self._actor)),
        )

    def count(self, query: KeyQuery) -> None:
        """Count for the looks to come. Blocking. Raises what `look` raises."""
        keys, actor, now = self._store.keys, self._actor, self._store.clock.now()
        revision, began = self._store.revision(), time.monotonic()
        total, counts = keys.count(actor, query), keys.counts(actor)
        took = round((time.monotonic() - began) * 1000)
        good_until = now + max(AGAIN_AFTER, _SHARE * took)
        self._counted = _Counted(query, revision, good_until, total, counts)

    def _read(self, wish: Wish, now: int) -> Look:
        query, before = wish.query, self._last.wish.query if self._last else None
        # Whoever types looks for something else: it is on top, and the last key not sought.
        narrowed = before is not None and query.terms != before.terms and bool(query.terms)
        narrowed = narrowed and not wish.go
        offset = 0 if narrowed else wish.offset
        page = self._page(query, offset, wish.limit)
        cursor = place(page, offset, wish.key_id)
        if narrowed:
            cursor = cursor or 0
        elif cursor is None and wish.key_id is not None:
            cursor = self._store.keys.position(self._actor, query, wish.key_id)
            if cursor is not None and cursor != wish.row:
                # What is in view moves with the cursor, or else is around it.
                beside = -wish.limit // 2 if wish.row is None else wish.offset - wish.row
                offset = max(0, cursor + beside)
                page = self._page(query, offset, wish.limit)
        if offset and not page.keys:
            offset, page = 0, self._page(query, 0, wish.limit)
        gone = cursor is None and wish.key_id is not None
        return Look(wish, now, self._revision, page, offset, cursor, gone)

    def _page(self, query: KeyQuery, offset: int, limit: int) -> Page:
        counted, of = self._counted, None
        if counted is not None and (counted.query, counted.revision) == (query, self._revision):
            of = counted.total
        return self._store.keys.page(self._actor, query, limit=limit, offset=offset, of=of)

    def _numbered(self, look: Look) -> Look:
        known = look.offset + len(look.page.keys) + (look.page.next is not None)
        counted = self._counted
        if counted is None or counted.query != look.wish.query:
            return replace(look, total=known, counts=None, uncounted=True)
        good = counted.revision == self._revision and look.now < counted.good_until
        # What has been read is there, whatever was counted before.
        total = known if look.page.next is None else max(known, counted.total)
        return replace(look, total=total, counts=counted.counts, uncounted=not good)


def hidden(look: Look, before: Key | None) -> str | None:
    """Return what to say of a key that the filter hides: a new one, or the current one `before`."""
    if not look.wish.query.terms:
        return None
    if look.gone and look.wish.go:
        return "The filter hides that key. Esc shows every key."
    if before is not None and lacks(look, before):
        return f"“{before.name}” no longer matches the filter."
    return None


def lacks(look: Look, key: Key) -> bool:
    """Return whether it is certain that the list has a key no longer, whichever was wished for."""
    whole = look.offset == 0 and look.page.next is None
    absent = whole and place(look.page, look.offset, key.id) is None
    return absent or (look.gone and key.id == look.wish.key_id)


def place(page: Page, offset: int, key_id: str | None) -> int | None:
    """Return where a key is in the list, if it is on a page of it."""
    return next((offset + at for at, key in enumerate(page.keys) if key.id == key_id), None)


def _covers(look: Look, wish: Wish) -> bool:
    """Return whether a look already holds the rows that are wished for."""
    if look.wish.query != wish.query:
        return False
    ends = look.offset + len(look.page.keys)
    return look.offset <= wish.offset and (
        wish.offset + wish.limit <= ends or look.page.next is None
    )
