"""The orders of a list of keys, and the stretches of it that one index can bring in order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, true, tuple_

from store.domain.filtering import About, Term, Terms
from store.domain.keys import Note, State
from store.domain.listing import Cursor, KeyQuery, Sort
from store.domain.times import LATEST
from store.persistence.repositories.key_columns import in_state, state_rank
from store.persistence.schema import key_usage, keys


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a list that one index can bring in order."""

    condition: ColumnElement[bool]
    head: Cursor
    """The sort values that are the same in all of it; they come first."""
    order: list[ColumnElement[Any]]

    def beyond(self, cursor: Cursor, *, descending: bool) -> ColumnElement[bool] | None:
        """Return the condition for what comes after a cursor; None where nothing of it does."""
        reached = cursor[: len(self.head)]
        if self.head == reached:
            place, mark = tuple_(*self.order), tuple_(*cursor[len(self.head) :])
            return place < mark if descending else place > mark
        return true() if (self.head < reached) is descending else None


def parts_of(query: KeyQuery, now: int) -> list[Part]:
    """Return what a list is read from, one after the other.

    By state it is three lists by name: sorting a million keys by a computed state takes a second.
    """
    if query.sort is Sort.OWNER:
        # Two lists: one by the index of what has an owner, and one by name of what has none.
        owned = Part(keys.c.owner.is_not(None), (0,), [keys.c.owner, *order_of(Sort.NAME, now)])
        others = Part(keys.c.owner.is_(None), (1, ""), order_of(Sort.NAME, now))
        return [others, owned] if query.descending else [owned, others]
    if query.sort is not Sort.STATE:
        return [Part(true(), (), order_of(query.sort, now))]
    found = [
        Part(in_state(state, now), (rank,), order_of(Sort.NAME, now))
        for rank, state in enumerate((State.ACTIVE, State.EXPIRED, State.REVOKED))
        if may_hold_all(query.terms, state)
    ]
    return found[::-1] if query.descending else found


def may_hold_all(terms: Terms, state: State) -> bool:
    """Return whether all of some terms may hold of a key in a state."""
    return all(_may_hold(term, state) for term in terms)


def _may_hold(term: Term, state: State) -> bool:
    if term.about is About.STATE:
        return (term.value == state.value) is not term.negated
    if term.about not in (About.NOTE, About.UNUSED) or term.negated:
        return True
    return (state is State.ACTIVE) is (term.value != Note.STILL_USED)


def order_of(sort: Sort, now: int) -> list[ColumnElement[Any]]:
    """Return what a list is sorted by; the key's id is the last of it."""
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
        case Sort.OWNER:
            nobody = case((keys.c.owner.is_(None), 1), else_=0)
            return [nobody, func.coalesce(keys.c.owner, ""), *by_name]
