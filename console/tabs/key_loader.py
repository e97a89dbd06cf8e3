"""What the keys tab draws, read in a thread, and only where it may be new.

The rows come first and the numbers follow: counting a million keys takes longer than a page.
"""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from store.domain.filtering import Known
from store.domain.keys import Key
from store.domain.listing import Counts, Found, KeyQuery, Page, Search, View

if TYPE_CHECKING:
    from store.domain.people import Actor
    from store.operations.first_look import FirstLook
    from store.operations.store import Store

AGAIN_AFTER = 5000
"""Milliseconds after which keys may have expired without any change."""
_SHARE = 50
"""Counting over and over may take one part in so many of the time."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one reading of the store is to bring."""

    query: KeyQuery
    offset: int
    limit: int
    key_id: str | None
    """The key to stay on, wherever it is now."""
    go: bool
    """Whether to look where that key is, though nothing has changed."""
    steps: int = 0
    """How often the cursor had been moved when this was asked for."""
    row: int | None = None
    """Where that key was while it is out of view: the rows in view are asked for then."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store held at one instant."""

    request: Request
    now: int
    revision: int
    """The store's, from before anything was read."""
    page: Page
    offset: int
    cursor: int | None
    """Where the key that was asked for is, or None where it need not be looked for."""
    gone: bool
    """Whether it is in the list no longer."""
    total: int = 0
    """How many keys the query finds; as many as are known of, while they are not counted."""
    more: bool = False
    """Whether there may be more than were counted."""
    counts: Counts | None = None
    """None where they were not counted for this query yet."""
    uncounted: bool = True
    """Whether the numbers may be others by now."""
    fresh: bool = True
    """Whether anything was read for it."""

    @property
    def ends(self) -> bool:
        """Return whether nothing comes after the page: not while keys are still looked at."""
        return self.page.next is None and not self.page.unfinished

    @property
    def known(self) -> int:
        """Return how many keys there are at least: those before the page, on it, and the next."""
        return self.offset + len(self.page.keys) + (self.page.next is not None)

    def goes_beyond(self, query: KeyQuery, found: Found) -> bool:
        """Return whether somebody has gone down a query's list beyond what was found of it."""
        return self.request.query == query and self.offset > 0 and self.known > found.number


@dataclass(frozen=True, slots=True)
class _Counted:
    query: KeyQuery
    revision: int
    good_until: int
    found: Found
    counts: Counts


@dataclass(frozen=True, slots=True)
class _Looked:
    """How far it was looked for what no index knows."""

    query: KeyQuery
    revision: int
    good_until: int
    search: Search
    brief: bool
    """Whether one look was enough: where anything was written, it is looked again at once."""

    def serves(self, offset: int, revision: int, now: int) -> bool:
        """Return whether a page from an offset is among what was found, or comes of going on."""
        current = self.revision == revision and now < self.good_until
        return current and (not offset or (self.search.ended and self.search.all_held))


class KeyLoader:
    """Reads a workspace's keys for somebody."""

    def __init__(self, store: "Store", actor: "Actor") -> None:
        self._store = store
        self._actor = actor
        self._changes: object = None
        self._revision = 0
        self._read_at = 0
        self._last: Snapshot | None = None
        self._counted: _Counted | None = None
        self._looked: _Looked | None = None

    def load(self, request: Request) -> Snapshot:
        """Read what is asked for. Blocking. Raises NotAllowed, PlanRequired or StoreUnusable."""
        now, last = self._store.clock.now(), self._last
        # Before reading: what is committed meanwhile is seen the next time.
        changes = self._store.changes()
        old = last is None or changes != self._changes or now - self._read_at >= AGAIN_AFTER
        if old:
            self._revision = self._store.revision()
            if self._looked is not None and self._looked.brief:
                self._looked = None
        if last is None or old or request.go or last.page.unfinished or not _covers(last, request):
            last = self._read(request, now)
        else:
            last = replace(last, request=request, now=now, cursor=None, gone=False, fresh=False)
        if old:
            self._changes, self._read_at = changes, now
        self._last = last = self._numbered(last)
        return last

    def known(self) -> tuple[View, Known]:
        """Return this person's view of last time, and what filters can be about.

        Blocking. Raises what `load` raises.
        """
        catalogue = self._store.keys.catalogue()
        return (
            self._store.key_views.of(self._actor),
            Known(
                tuple(str(scope) for resource in catalogue for scope in resource.scopes),
                tuple(one.email.partition("@")[0] for one in self._store.people.all(self._actor)),
            ),
        )

    def offered(self, begun: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return owners and labels that begin so. Blocking. Raises what `load` raises."""
        return self._store.belonging.offered(self._actor, begun)

    def count(self, query: KeyQuery) -> None:
        """Count for the snapshots to come. Blocking. Raises what `load` raises.

        Not while keys are still looked at: the next snapshot brings more of what is to be counted.
        Of very many some are counted, until somebody has gone beyond those: then all are.
        """
        keys, actor, now = self._store.keys, self._actor, self._store.clock.now()
        last, looked = self._last, self._looked
        if last is not None and last.request.query == query and last.page.unfinished:
            return
        revision, began = self._store.revision(), time.monotonic()
        known = looked.search.found if looked is not None and looked.query == query else None
        if known is None or known.more:
            known = keys.found(actor, query)
        if known.more and last is not None and last.goes_beyond(query, known):
            known = Found(keys.count(actor, query))
        counts = keys.counts(actor)
        good_until = now + self._good_for(began)
        self._counted = _Counted(query, revision, good_until, known, counts)

    def _read(self, request: Request, now: int) -> Snapshot:
        query, key_id = request.query, request.key_id
        searched = _searched(self._last.request if self._last else None, request)
        offset = 0 if searched else request.offset
        page = self._page(query, offset, request.limit)
        cursor = place(page, offset, key_id)
        if searched:
            cursor = cursor or 0
        elif cursor is None and key_id is not None:
            cursor = self._store.keys.position(self._actor, query, key_id)
            moved = offset_around(request, cursor)
            if moved is not None:
                offset, page = moved, self._page(query, moved, request.limit)
        if offset and not page.keys:
            offset, page = 0, self._page(query, 0, request.limit)
        gone = cursor is None and key_id is not None
        return Snapshot(request, now, self._revision, page, offset, cursor, gone)

    def _page(self, query: KeyQuery, offset: int, limit: int) -> Page:
        keys, actor, now = self._store.keys, self._actor, self._store.clock.now()
        looked, counted, of = self._looked, self._counted, None
        if looked is not None and looked.query != query:
            looked = None
        if counted is not None and (counted.query, counted.revision) == (query, self._revision):
            of = None if counted.found.more else counted.found.number
        if looked is not None and looked.serves(offset, self._revision, now):
            page = keys.look(actor, query, limit=limit, offset=offset, search=looked.search)
            if page.search is not None:
                self._looked = replace(looked, search=page.search)
            return page
        # Who has seen what was found is not shown less of it, for a while, because of a change.
        read, began = keys.look if looked is None else keys.page, time.monotonic()
        page = read(actor, query, limit=limit, offset=offset, of=of)
        good_until = now + self._good_for(began)
        if page.search is not None:
            brief = looked is None and page.search.ended
            self._looked = _Looked(query, self._revision, good_until, page.search, brief)
        elif looked is None:
            self._looked = None
        return page

    @staticmethod
    def _good_for(began: float) -> int:
        """Return for how many milliseconds what was read since an instant need not be read anew."""
        return max(AGAIN_AFTER, _SHARE * round((time.monotonic() - began) * 1000))

    def _numbered(self, snapshot: Snapshot) -> Snapshot:
        known, counted = snapshot.known, self._counted
        if counted is None or counted.query != snapshot.request.query:
            return replace(snapshot, total=known, counts=None, uncounted=True)
        good = counted.revision == self._revision and snapshot.now < counted.good_until
        # What has been read is there, whatever was counted before.
        ends, found = snapshot.ends, counted.found
        return replace(
            snapshot,
            total=known if ends else max(known, found.number),
            more=found.more and not ends,
            counts=counted.counts,
            uncounted=not good
            or snapshot.page.unfinished
            or (found.more and snapshot.goes_beyond(counted.query, found)),
        )


def first(look: "FirstLook", query: KeyQuery) -> Snapshot:
    """Return a first look as what a reading brings."""
    page = look.page
    request = Request(query, offset=0, limit=len(page.keys), key_id=None, go=False)
    known = len(page.keys) + (page.next is not None)
    return Snapshot(
        request, look.now, look.revision, page, offset=0, cursor=None, gone=False, total=known
    )


def _searched(before: Request | None, request: Request) -> bool:
    """Return whether somebody types: what is found is on top, and the last key is not sought."""
    if before is None or request.go or not request.query.terms:
        return False
    return before.query.terms != request.query.terms


def offset_around(request: Request, position: int | None) -> int | None:
    """Return from where to read for a key that was not where it was asked for.

    None where what was read is right: the key is nowhere, or out of view and where it was.
    """
    if position is None or position == request.row:
        return None
    if request.row is None:
        return max(0, position - (request.limit + 1) // 2)
    # What is in view moves with the key.
    return max(0, request.offset + position - request.row)


def hidden(snapshot: Snapshot, before: Key | None) -> str | None:
    """Return what to say of a key that the filter hides: a new one, or the current one `before`."""
    if not snapshot.request.query.terms:
        return None
    if snapshot.gone and snapshot.request.go:
        return "The filter hides that key. Esc shows every key."
    if before is not None and lacks(snapshot, before):
        return f"“{before.name}” no longer matches the filter."
    return None


def lacks(snapshot: Snapshot, key: Key) -> bool:
    """Return whether it is certain that the list has a key no longer, whichever was asked for."""
    whole = snapshot.offset == 0 and snapshot.ends
    absent = whole and place(snapshot.page, snapshot.offset, key.id) is None
    return absent or (snapshot.gone and key.id == snapshot.request.key_id)


def place(page: Page, offset: int, key_id: str | None) -> int | None:
    """Return where a key is in the list, if it is on a page of it."""
    return next((offset + at for at, key in enumerate(page.keys) if key.id == key_id), None)


def _covers(snapshot: Snapshot, request: Request) -> bool:
    """Return whether a snapshot already holds the rows that are asked for."""
    if snapshot.request.query != request.query:
        return False
    ends = snapshot.offset + len(snapshot.page.keys)
    return snapshot.offset <= request.offset and (
        request.offset + request.limit <= ends or snapshot.ends
    )
