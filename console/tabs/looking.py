"""One look at the store: what the keys tab draws, read in a thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.keys import Key
from store.listing import Counts, KeyQuery, Sort

if TYPE_CHECKING:
    from store.opening import Store
    from store.people import Actor
    from store.service.keys import Details

RECOUNT_EVERY = 5000
"""Milliseconds after which keys may have expired without any change."""


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
    details: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What the store held at one instant."""

    wish: Wish
    total: int
    counts: Counts
    offset: int
    keys: tuple[Key, ...]
    cursor: int | None
    details: "Details | None"
    now: int
    revision: int
    """The store's, from before anything was read."""
    gone: bool
    """Whether the key to stay on is in the list no longer."""


@dataclass(frozen=True, slots=True)
class _Counted:
    seen: tuple[int, KeyQuery]
    at: int
    total: int
    counts: Counts


class Lookout:
    """Reads a workspace's keys for somebody, counting anew only what may have changed."""

    def __init__(self, store: "Store", actor: "Actor") -> None:
        self._store = store
        self._actor = actor
        self._counted: _Counted | None = None

    def look(self, wish: Wish) -> Look:
        """Read what is wished for. Blocking. Raises NotAllowed, PlanRequired or StoreUnusable."""
        keys, actor = self._store.keys, self._actor
        now = self._store.clock.now()
        counted = self._counted
        seen = (self._store.revision(), wish.query)
        if counted is None or counted.seen != seen or now - counted.at >= RECOUNT_EVERY:
            counted = _Counted(seen, now, keys.count(actor, wish.query), keys.counts(actor))
        # Between two revisions only use moves a key, and only in a list sorted by use.
        moved = counted is not self._counted or wish.query.sort is Sort.LAST_USED
        self._counted = counted
        cursor = None
        sought = wish.key_id is not None and (moved or wish.go)
        if sought and wish.key_id is not None:
            cursor = keys.position(actor, wish.query, wish.key_id)
        offset = wish.offset
        if cursor is not None and not offset <= cursor < offset + wish.limit:
            offset = max(0, cursor - wish.limit // 2)
        page = keys.page(actor, wish.query, limit=wish.limit, offset=offset)
        return Look(
            wish=wish,
            total=counted.total,
            counts=counted.counts,
            offset=offset,
            keys=page.keys,
            cursor=cursor,
            details=self._details(wish, page.keys),
            now=now,
            revision=seen[0],
            gone=sought and cursor is None,
        )

    def _details(self, wish: Wish, found: tuple[Key, ...]) -> "Details | None":
        if not wish.details or not found:
            return None
        shown = {key.id for key in found}
        wanted = wish.key_id if wish.key_id in shown else found[0].id
        return self._store.keys.details(self._actor, wanted or found[0].id)
