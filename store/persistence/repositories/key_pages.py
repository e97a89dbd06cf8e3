"""Lists of keys, filtered and sorted in SQL, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union,
)

from store.domain.filtering import About, Term
from store.domain.keys import EXPIRING_WITHIN, Key, State
from store.domain.listing import Counts, Cursor, Found, KeyQuery, Page, Search, Sort
from store.persistence.repositories.key_columns import (
    among,
    rotating,
    select_keys,
)
from store.persistence.repositories.key_order import Part, may_hold_all, order_of, parts_of
from store.persistence.repositories.key_reading import read_keys
from store.persistence.repositories.key_search import can_look, look_on
from store.persistence.repositories.key_sources import source
from store.persistence.repositories.key_terms import OF_USE, STILL_USED, condition, filtered
from store.persistence.schema import keys, rotations

_REVOKED = Term(About.STATE, State.REVOKED)
FEW = 5000
"""Ids of which the keys are read and sorted: more are come by sooner on a walk along the order."""
LOOKED_AT = 2500
"""Keys of which each is looked at, for a page or a count, before that much is said.

Some hundredths of a second where their rows have to be read, a few thousandths where an index does.
"""
COUNTED = 50_000
"""Keys that are counted of a kind, for whoever only wants to see how many there are.

An index is gone through at some four millions a second: all that a screen says at once takes less
than a tenth of one. Whoever acts on a number has all counted.
"""


class KeyPages:
    """One transaction's view of a workspace's list of keys."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def page(
        self,
        workspace_id: int,
        query: KeyQuery,
        *,
        limit: int,
        after: Cursor | None = None,
        offset: int = 0,
        of: int | None = None,
    ) -> Page:
        """Return up to `limit` keys after a cursor, or from an offset: all that there are.

        `of` is how many keys the query finds, where that is known: what lies nearer to the end is
        then read from there.
        """
        places: Sequence[Cursor]
        if of is not None and of - offset - limit < offset < of:
            wanted = min(limit + 1, of - offset)
            turned = replace(query, descending=not query.descending)
            from_end = self._places(workspace_id, turned, wanted, None, of - offset - wanted)
            places = from_end[::-1]
        else:
            places = self._places(workspace_id, query, limit + 1, after, offset)
        return self._page(workspace_id, places, limit)

    def look(
        self,
        workspace_id: int,
        query: KeyQuery,
        *,
        limit: int,
        after: Cursor | None = None,
        offset: int = 0,
        of: int | None = None,
        search: Search | None = None,
    ) -> Page:
        """Return what `page` does, or soon a part of it, for whoever asks until it is finished.

        Where no index says which of all the keys fit, no more than LOOKED_AT are looked at: the
        page may then be unfinished, with no next one, and its `search` goes on from there.
        """
        if search is None and after is None and not offset and self._is_sought(workspace_id, query):
            search = Search(looks=LOOKED_AT)
        if search is None:
            return self.page(workspace_id, query, limit=limit, after=after, offset=offset, of=of)
        wanted = offset + limit + 1
        found = look_on(self._connection, workspace_id, query, self._now, search, wanted)
        return self._page(workspace_id, found.places[offset:wanted], limit, found)

    def _page(
        self,
        workspace_id: int,
        places: Sequence[Cursor],
        limit: int,
        search: Search | None = None,
    ) -> Page:
        found = self._rows(workspace_id, [str(place[-1]) for place in places[:limit]])
        page = Page(found, places[limit - 1] if len(places) > limit else None, search)
        return replace(page, next=None) if page.unfinished else page

    def _is_sought(self, workspace_id: int, query: KeyQuery) -> bool:
        """Return whether each key has to be looked at for what a query finds, along their names."""
        # Those that were revoked have an index in that order.
        if query.terms in ((), (_REVOKED,)) or STILL_USED in query.terms:
            return False
        return can_look(query) and self._few(workspace_id, query) is None

    def _places(
        self,
        workspace_id: int,
        query: KeyQuery,
        limit: int,
        after: Cursor | None,
        offset: int,
    ) -> list[Cursor]:
        """Return the sort values of up to `limit` keys; each ends with the key's id."""
        few = self._few(workspace_id, query)
        if few is not None:
            return self._sorted(workspace_id, query, few, limit, after, offset)
        if after is not None:
            return self._after(workspace_id, query, limit, after)
        return self._from(workspace_id, query, limit, offset)

    def _few(self, workspace_id: int, query: KeyQuery) -> Select[Any] | None:
        """Return a statement for the few ids that may fit one of the terms, None where many do."""
        for term in query.terms:
            ids = source(term, workspace_id, self._now, FEW)
            if ids is not None and self._number(ids, FEW) <= FEW:
                return ids
        return None

    def _number(self, statement: Select[Any], most: int) -> int:
        """Return how many rows a statement finds; it stops beyond `most`."""
        found = statement.limit(most + 1).subquery()
        counting = select(func.count()).select_from(found)
        return int(self._connection.execute(counting).scalar_one())

    def _sorted(
        self,
        workspace_id: int,
        query: KeyQuery,
        few: Select[Any],
        limit: int,
        after: Cursor | None,
        offset: int,
    ) -> list[Cursor]:
        """Return the places of keys that few ids are of: sorting them is less than a walk."""
        order = order_of(query.sort, self._now)
        statement = self._filtered(select(*order), workspace_id, query, few)
        if after is not None:
            place, mark = tuple_(*order), tuple_(*after)
            statement = statement.where(place < mark if query.descending else place > mark)
        directed = [column.desc() for column in order] if query.descending else order
        rows = self._connection.execute(statement.order_by(*directed).limit(limit).offset(offset))
        return [tuple(row) for row in rows]

    def _after(
        self, workspace_id: int, query: KeyQuery, limit: int, cursor: Cursor
    ) -> list[Cursor]:
        found: list[Cursor] = []
        for part in parts_of(query, self._now):
            beyond = part.beyond(cursor, descending=query.descending)
            if beyond is not None and len(found) < limit:
                found += self._read(workspace_id, query, part, beyond, limit - len(found))
        return found

    def _from(self, workspace_id: int, query: KeyQuery, limit: int, offset: int) -> list[Cursor]:
        found: list[Cursor] = []
        for part in parts_of(query, self._now):
            wanted = limit - len(found)
            found += self._read(workspace_id, query, part, true(), wanted, skip=offset)
            if len(found) >= limit:
                break
            if found:
                offset = 0
            elif offset:
                offset -= self._count(workspace_id, query, part.condition)
        return found

    def _read(
        self,
        workspace_id: int,
        query: KeyQuery,
        part: Part,
        condition: ColumnElement[bool],
        limit: int,
        *,
        skip: int = 0,
    ) -> list[Cursor]:
        """Return the places in one part of a list that fit a condition, as they come."""
        statement = self.of_part(workspace_id, query, part).where(condition)
        rows = self._connection.execute(statement.limit(limit).offset(skip))
        return [part.head + tuple(row) for row in rows]

    def of_part(self, workspace_id: int, query: KeyQuery, part: Part) -> Select[Any]:
        """Return the statement that reads the places in one part of a list, in order."""
        statement = self._filtered(select(*part.order), workspace_id, query)
        directed = [column.desc() for column in part.order] if query.descending else part.order
        return statement.where(part.condition).order_by(*directed)

    def _rows(self, workspace_id: int, ids: Sequence[str]) -> tuple[Key, ...]:
        """Return keys by id, in the order of the ids."""
        statement = select_keys().where(keys.c.workspace_id == workspace_id, among(keys.c.id, ids))
        read = read_keys(self._connection, self._now, workspace_id, statement)
        found = {key.id: key for key in read}
        return tuple(found[one] for one in ids)

    def picked(self, workspace_id: int, query: KeyQuery, ids: Sequence[str]) -> list[Key]:
        """Return those of some keys that a query finds, in its order."""
        order = order_of(query.sort, self._now)
        directed = [part.desc() for part in order] if query.descending else order
        statement = self._filtered(select(keys.c.id), workspace_id, query)
        found = self._connection.execute(
            statement.where(among(keys.c.id, ids)).order_by(*directed)
        ).scalars()
        return list(self._rows(workspace_id, list(found)))

    def count(self, workspace_id: int, query: KeyQuery) -> int:
        """Return how many keys a query finds."""
        return self._count(workspace_id, query, true())

    def found(self, workspace_id: int, query: KeyQuery) -> Found:
        """Return how many keys a query finds, or that it is more than could be counted soon.

        Few that an index finds are counted, and of each state COUNTED; else those that are among
        the first LOOKED_AT keys by name.
        """
        if all(term.about is About.STATE for term in query.terms):
            states = self._states(workspace_id).items()
            meant = (parts for state, parts in states if may_hold_all(query.terms, state))
            found = [self._at_most(parts) for parts in meant]
            return Found(sum(one.number for one in found), more=any(one.more for one in found))
        if STILL_USED in query.terms or self._few(workspace_id, query) is not None:
            return Found(self.count(workspace_id, query))
        fits = [condition(term, workspace_id, self._now) for term in query.terms]
        asked = self._filtered(
            select(and_(*fits).label("fits")),
            workspace_id,
            replace(query, terms=()),
            with_use=any(term.about in OF_USE for term in query.terms),
        )
        asked = asked.order_by(*order_of(Sort.NAME, self._now))
        looked_at = asked.limit(LOOKED_AT + 1).subquery()
        number, all_of_them = self._connection.execute(
            select(func.count().filter(looked_at.c.fits), func.count())
        ).one()
        return Found(number, more=all_of_them > LOOKED_AT)

    def _count(self, workspace_id: int, query: KeyQuery, condition: ColumnElement[bool]) -> int:
        few = self._few(workspace_id, query)
        # Of rows, not of ids: a million ids that have to be taken out of an index take half of it.
        statement = self._filtered(select(func.count()), workspace_id, query, few)
        return int(self._connection.execute(statement.where(condition)).scalar_one())

    def active(self, workspace_id: int) -> int:
        """Return how many keys are active, all of them counted."""
        number = 0
        for part in self._states(workspace_id)[State.ACTIVE]:
            counting = part.with_only_columns(func.count()).order_by(None)
            number += int(self._connection.execute(counting).scalar_one())
        return number

    def _states(self, workspace_id: int) -> dict[State, list[Select[Any]]]:
        """Return statements for the keys of each state, by the ranges of an index they are in.

        Where active ones are asked for at once, each key's end is looked at: twice the work.
        """
        revoked = self._in_order(workspace_id, keys.c.revoked_at.is_not(None), keys.c.name_folded)
        return {
            State.ACTIVE: [
                self._ending(workspace_id, keys.c.expires_at.is_(None)),
                self._ending(workspace_id, keys.c.expires_at > self._now),
            ],
            State.EXPIRED: [self._ending(workspace_id, keys.c.expires_at <= self._now)],
            State.REVOKED: [revoked],
        }

    def _ending(self, workspace_id: int, when: ColumnElement[bool]) -> Select[Any]:
        unrevoked = and_(keys.c.revoked_at.is_(None), when)
        return self._in_order(workspace_id, unrevoked, keys.c.expires_at)

    @staticmethod
    def _in_order(
        workspace_id: int, which: ColumnElement[bool], order: ColumnElement[Any]
    ) -> Select[Any]:
        # In the order of the index that has them: of some, PostgreSQL would read the table instead.
        found: Select[Any] = select(literal_column("1")).where(
            keys.c.workspace_id == workspace_id, which
        )
        return found.order_by(order, keys.c.id)

    def _at_most(self, parts: Sequence[Select[Any]]) -> Found:
        """Return how many rows some statements find together, COUNTED at the most."""
        number = sum(self._number(part, COUNTED) for part in parts)
        return Found(min(number, COUNTED), more=number > COUNTED)

    def position(self, workspace_id: int, query: KeyQuery, key_id: str) -> int | None:
        """Return how many keys stand before one in a list, or None where it is not in the list."""
        order = order_of(query.sort, self._now)
        mine = self._connection.execute(
            self._filtered(select(*order), workspace_id, query).where(keys.c.id == key_id)
        ).first()
        if mine is None:
            return None
        place, mark = tuple_(*order), tuple_(*mine)
        before = place > mark if query.descending else place < mark
        return self._count(workspace_id, query, before)

    def counts(self, workspace_id: int) -> Counts:
        """Return how many keys a workspace has, by state and note.

        COUNTED of each at the most, but for those that follow from the few rotations and refusals.
        """
        soon = keys.c.expires_at.between(self._now + 1, self._now + EXPIRING_WITHIN)
        asked = {state.value: parts for state, parts in self._states(workspace_id).items()}
        asked["expiring"] = [self._ending(workspace_id, soon)]
        found = {name: self._at_most(parts) for name, parts in asked.items()}
        return Counts(
            **{name: one.number for name, one in found.items()},
            rotating=self._rotating(workspace_id),
            still_used=self._still_used(workspace_id),
            more=frozenset(name for name, one in found.items() if one.more),
        )

    def _rotating(self, workspace_id: int) -> int:
        # From the few rotations to their keys, not from every key to its rotations.
        sides = (rotations.c.predecessor_id, rotations.c.successor_id)
        tied = union(
            *(select(side).where(rotations.c.workspace_id == workspace_id) for side in sides)
        )
        statement = select(func.count()).where(
            keys.c.workspace_id == workspace_id,
            keys.c.id.in_(tied.scalar_subquery()),
            rotating(self._now),
        )
        return int(self._connection.execute(statement).scalar_one())

    def _still_used(self, workspace_id: int) -> int:
        return self.count(workspace_id, KeyQuery((STILL_USED,)))

    def _filtered(
        self,
        statement: Select[Any],
        workspace_id: int,
        query: KeyQuery,
        few: Select[Any] | None = None,
        *,
        with_use: bool = False,
    ) -> Select[Any]:
        some = few.limit(FEW + 1) if few is not None else None
        return filtered(statement, workspace_id, query, self._now, some, with_use=with_use)
