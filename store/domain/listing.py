"""What a list of keys is asked for: filter, order, page."""

from dataclasses import dataclass
from enum import StrEnum

from store.domain.filtering import Terms
from store.domain.keys import Key


class Sort(StrEnum):
    """The orders a list of keys can have; ties go by name, then id."""

    STATE = "state"
    NAME = "name"
    KEY = "key"
    SCOPES = "scopes"
    CREATED = "created"
    EXPIRES = "expires"
    LAST_USED = "last used"
    OWNER = "owner"
    """Those of nobody come last; where it descends, first."""


Cursor = tuple[int | str, ...]
"""The sort values and id of the last key of a page; the next page begins after it."""


@dataclass(frozen=True, slots=True)
class KeyQuery:
    """A list of keys: which, and in which order."""

    terms: Terms = ()
    """All must hold."""
    sort: Sort = Sort.STATE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """How somebody looks at a list: the filter as it was typed, and the order."""

    filter: str = ""
    sort: Sort = Sort.STATE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """How many keys a query finds."""

    number: int
    more: bool = False
    """Whether there are maybe more: what was counted stopped at a bound."""


@dataclass(frozen=True, slots=True)
class Search:
    """How far keys were looked at, one by one along their names, for those that fit a query."""

    places: tuple[Cursor, ...] = ()
    """The sort values and ids of those that were found, in the order of the query."""
    beyond: Cursor | None = None
    """Name, folded, and id of the last one looked at."""
    looks: int = 1
    """At how many it is to be looked next."""
    ended: bool = False
    """Whether all of them were looked at."""
    filled: bool = False
    """Whether nothing that is found later comes before the first ones, as many as were wanted."""
    all_held: bool = True
    """Whether `places` has all that were found: of very many it has the first."""

    @property
    def found(self) -> Found | None:
        """Return how many fit; None where counting them is a question of its own."""
        if not self.all_held:
            return None
        return Found(len(self.places), more=not self.ended)


@dataclass(frozen=True, slots=True)
class Page:
    """Some keys in order, and where the next page begins, if there is one."""

    keys: tuple[Key, ...]
    next: Cursor | None
    search: Search | None = None
    """How they were found, where no index knew them."""

    @property
    def unfinished(self) -> bool:
        """Return whether others may yet come between these keys: not all were looked at."""
        return self.search is not None and not (self.search.ended or self.search.filled)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many keys a workspace has, by state, and how many of the active are also …

    Of very many some were counted, and it is said that there are more.
    """

    active: int = 0
    expired: int = 0
    revoked: int = 0
    expiring: int = 0
    rotating: int = 0
    still_used: int = 0
    """How many of the expired and revoked somebody goes on with."""
    more: frozenset[str] = frozenset()
    """The fields that are more than was counted."""

    @property
    def total(self) -> int:
        """Return how many keys there are in all, at least."""
        return self.active + self.expired + self.revoked
