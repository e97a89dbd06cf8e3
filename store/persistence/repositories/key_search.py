"""Looking key by key for those that fit a query, some at a time: for what no index knows.

It goes along the names, so that a page of a list by name or by state is there as soon as enough of
its first keys were met. A word that nothing has is looked for in every key there is: each look is
as long as the caller says, and whoever waits is shown what was found so far.
"""

from collections import Counter
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, select, tuple_

from store.domain.filtering import About
from store.domain.listing import Cursor, KeyQuery, Search, Sort
from store.persistence.repositories.key_order import order_of, parts_of
from store.persistence.repositories.key_terms import filtered
from store.persistence.schema import keys

HELD = 2000
"""Places that are held of each state: more of it are come by sooner on a walk of its own."""
MOST, MOST_READ = 80_000, 10_000
"""Keys that one look may take, where an index says what is asked of each, and where rows do."""
_IN_INDEX = (About.WORD, About.STATE, About.EXPIRES)


def can_look(query: KeyQuery) -> bool:
    """Return whether a list is in an order in which it can be looked for so."""
    return query.sort in (Sort.STATE, Sort.NAME)


def look_on(
    connection: Connection,
    workspace_id: int,
    query: KeyQuery,
    now: int,
    so_far: Search,
    wanted: int,
) -> Search:
    """Look at as many more keys as the search says, fewer where the first `wanted` are found.

    The next look is twice as long: whoever waits for all of them waits for few transactions.
    """
    parts = parts_of(query, now)
    if not parts:
        return Search(ended=True)
    first, most = parts[0].head, max(HELD, wanted)
    places, beyond = list(so_far.places), so_far.beyond
    held = Counter(place[: len(first)] for place in places)
    if so_far.ended or held[first] >= wanted:
        return replace(so_far, filled=True)
    edge = _edge(connection, workspace_id, query, now, beyond, so_far.looks)
    order = order_of(query.sort, now)
    names = order_of(Sort.NAME, now)
    statement = filtered(select(*order), workspace_id, query, now)
    statement = statement.where(*_between(names, beyond, edge, descending=query.descending))
    # The limit is never reached; without one SQLite sorts what it found by other ways.
    statement = statement.order_by(*_directed(names, query)).limit(so_far.looks)
    all_held = so_far.all_held
    with connection.execute(statement, execution_options={"yield_per": wanted}) as rows:
        for row in rows:
            place = tuple(row)
            state = place[: len(first)]
            if held[state] >= most:
                all_held = False
                continue
            places.append(place)
            held[state] += 1
            if held[first] >= wanted:
                edge = place[-len(names) :]
                break
    # Those of one state came in the order of their names.
    places.sort(key=lambda place: place[: len(first)], reverse=query.descending)
    indexed = all(term.about in _IN_INDEX for term in query.terms)
    looks = min(2 * so_far.looks, MOST if indexed else MOST_READ)
    filled = held[first] >= wanted
    return Search(tuple(places), edge, looks, edge is None, filled, all_held)


def _edge(
    connection: Connection,
    workspace_id: int,
    query: KeyQuery,
    now: int,
    beyond: Cursor | None,
    looks: int,
) -> Cursor | None:
    """Return the name and id of the last key to look at; None where fewer than `looks` are left."""
    names = order_of(Sort.NAME, now)
    statement = select(*names).where(
        keys.c.workspace_id == workspace_id,
        *_between(names, beyond, None, descending=query.descending),
    )
    statement = statement.order_by(*_directed(names, query)).limit(1).offset(looks - 1)
    row = connection.execute(statement).first()
    return None if row is None else tuple(row)


def _between(
    names: list[ColumnElement[str]], beyond: Cursor | None, edge: Cursor | None, *, descending: bool
) -> list[ColumnElement[bool]]:
    place, conditions = tuple_(*names), []
    if beyond is not None:
        mark = tuple_(*beyond)
        conditions.append(place < mark if descending else place > mark)
    if edge is not None:
        mark = tuple_(*edge)
        conditions.append(place >= mark if descending else place <= mark)
    return conditions


def _directed(names: list[ColumnElement[str]], query: KeyQuery) -> list[ColumnElement[str]]:
    return [name.desc() for name in names] if query.descending else names
