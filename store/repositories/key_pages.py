"""Lists of keys, filtered and sorted in SQL, a page at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, tuple_

from store.keys import EXPIRING_WITHIN, Key, State
from store.listing import Counts, Cursor, KeyQuery, Page, Sort
from store.repositories.key_columns import (
    active,
    in_state,
    key_of,
    rotating,
    select_keys,
    state_rank,
)
from store.repositories.key_terms import condition
from store.schema import key_usage, keys
from store.times import LATEST


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
    ) -> Page:
        """Return up to `limit` keys after a cursor, or from an offset."""
        order = _order(query.sort, self._now)
        statement = self._filtered(select_keys(self._now), workspace_id, query)
        if after is not None:
            place, mark = tuple_(*order), tuple_(*after)
            statement = statement.where(place < mark if query.descending else place > mark)
        statement = statement.add_columns(
            *[part.label(f"sort_{at}") for at, part in enumerate(order)]
        )
        directed = [part.desc() for part in order] if query.descending else order
        rows = self._connection.execute(
            statement.order_by(*directed).limit(limit + 1).offset(offset)
        ).all()
        found = tuple(key_of(row) for row in rows[:limit])
        if len(rows) <= limit:
            return Page(found, None)
        last = rows[limit - 1]._mapping
        return Page(found, tuple(last[f"sort_{at}"] for at in range(len(order))))

    def picked(self, workspace_id: int, query: KeyQuery, ids: Sequence[str]) -> list[Key]:
        """Return those of some keys that a query finds, in its order."""
        order = _order(query.sort, self._now)
        directed = [part.desc() for part in order] if query.descending else order
        statement = self._filtered(select_keys(self._now), workspace_id, query)
        rows = self._connection.execute(statement.where(keys.c.id.in_(ids)).order_by(*directed))
        return [key_of(row) for row in rows]

    def count(self, workspace_id: int, query: KeyQuery) -> int:
        """Return how many keys a query finds."""
        statement = self._filtered(_counting(), workspace_id, query)
        return int(self._connection.execute(statement).scalar_one())

    def position(self, workspace_id: int, query: KeyQuery, key_id: str) -> int | None:
        """Return how many keys stand before one in a list, or None where it is not in the list."""
        order = _order(query.sort, self._now)
        mine = self._connection.execute(
            self._filtered(select(*order).select_from(_with_usage()), workspace_id, query).where(
                keys.c.id == key_id
            )
        ).first()
        if mine is None:
            return None
        place, mark = tuple_(*order), tuple_(*mine)
        before = place > mark if query.descending else place < mark
        statement = self._filtered(_counting(), workspace_id, query).where(before)
        return int(self._connection.execute(statement).scalar_one())

    def counts(self, workspace_id: int) -> Counts:
        """Return how many keys a workspace has, by state and by note."""
        now = self._now
        works = active(keys, now)

        def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
            return func.count().filter(condition)

        row = self._connection.execute(
            select(
                how_many(works).label("active"),
                how_many(in_state(State.EXPIRED, now)).label("expired"),
                how_many(in_state(State.REVOKED, now)).label("revoked"),
                how_many(and_(works, keys.c.expires_at <= now + EXPIRING_WITHIN)).label("expiring"),
                how_many(rotating(now)).label("rotating"),
                how_many(and_(works, keys.c.confirmed_at.is_(None))).label("unconfirmed"),
            ).where(keys.c.workspace_id == workspace_id)
        ).one()
        return Counts(**row._mapping)

    def _filtered(self, statement: Select[Any], workspace_id: int, query: KeyQuery) -> Select[Any]:
        statement = statement.where(keys.c.workspace_id == workspace_id)
        return statement.where(*(condition(term, self._now) for term in query.terms))


def _with_usage() -> Any:
    return keys.outerjoin(
        key_usage,
        and_(key_usage.c.workspace_id == keys.c.workspace_id, key_usage.c.key_id == keys.c.id),
    )


def _counting() -> Select[Any]:
    return select(func.count()).select_from(_with_usage())


def _order(sort: Sort, now: int) -> list[ColumnElement[Any]]:
    by_name: list[ColumnElement[Any]] = [keys.c.name_folded, keys.c.id]
    match sort:
        case Sort.STATE:
            return [state_rank(now), *by_name]
        case Sort.NAME:
            return by_name
        case Sort.KEY:
            return [keys.c.id]
        case Sort.SCOPES:
            return [keys.c.scopes, *by_name]
        case Sort.CREATED:
            return [keys.c.created_at, *by_name]
        case Sort.EXPIRES:
            return [func.coalesce(keys.c.expires_at, LATEST + 1), *by_name]
        case Sort.LAST_USED:
            # Most recent first is what people mean; never used comes last.
            return [-func.coalesce(key_usage.c.last_used_at, 0), *by_name]
