"""Whom a change of routes would refuse, as far as what is kept can tell.

Requests are counted of each key and of each scope that they needed, never of each path: so what is
known is how often keys needed what a route needs, and that is the most that went by the route. So
much is looked at and no more, however large the store is: whoever removes a route waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from store.domain.filtering import About, Term
from store.domain.keys import Key, State
from store.domain.listing import KeyQuery, Sort
from store.domain.people import Workspace
from store.domain.rotation import GAPS_OVER, QUIET_GAPS
from store.domain.routes.route import Route
from store.domain.routes.table import left_deciding
from store.domain.times import DAY
from store.domain.usage import Caller, ScopeUse
from store.persistence.unit import Unit

LOOKED_BACK = 30 * DAY
MOST_LOOKED_AT = 200
"""Keys that would be refused, in all workspaces together, of which each is looked at."""
MOST_WORKSPACES = 100
"""Workspaces in which such keys are looked for, the oldest first."""
MORE_LOOKS = 4
"""How often it is looked on for them, in all workspaces together, where one look finds too few."""
MOST_GAPS = 20
"""Keys that used nothing of it, of which it is looked at how seldom they call."""


class RouteUse(NamedTuple):
    """A key that may use a route, and would not be let in by it any more."""

    workspace: Workspace
    key: Key
    requests: int
    """How many needed what the route needs, at the most; 0 where none did."""
    callers: tuple[Caller, ...]
    """Of the key since then, the last to call first."""


@dataclass(frozen=True, slots=True)
class ForeseenRoute:
    """What would become of the requests that a route is about."""

    before: Route
    after: Route | None
    """What would decide about them; None where they would be refused, whatever the key."""
    open: bool
    """Whether no route would be left: every good key passes then, for anything."""
    since: int
    used: tuple[RouteUse, ...]
    """Those that used what it needs, the most used first."""
    unused: int
    """How many keys would be refused that used none of it."""
    seldom: int | None
    """Ten usual gaps of a key that was not seen, where that is longer than was looked back."""
    more_keys: bool
    """Whether there may be more keys than were looked at."""
    more_gaps: bool
    """Whether there are more that used none of it than were looked at for how seldom they call."""
    shared: int
    """How many other routes need one of its scopes, too: what is counted may be of these."""
    tools: bool
    """Whether assistants are offered tools of an API: their calls are judged by routes, too."""

    @property
    def told(self) -> bool:
        """Whether anything is kept of who uses it: what needs no scope is counted of none."""
        return bool(self.before.needed)

    @property
    def looked_at(self) -> int:
        """How many keys were looked at."""
        return len(self.used) + self.unused

    @property
    def more(self) -> bool:
        """Whether there may be more than was looked at."""
        return self.more_keys or self.more_gaps


def foresee(unit: Unit, every: Sequence[Route], before: Route, put: Route | None) -> ForeseenRoute:
    """Return what would become of a route's requests with another in its place, or with none."""
    others = [one for one in every if one is not before]
    left = [*others, *([put] if put is not None else [])]
    after = left_deciding(left, before.pattern)
    since = unit.now - LOOKED_BACK
    looked_at: list[RouteUse] = []
    more_keys = False
    if before.needed and left and not (after is not None and after.public):
        refused, more_keys = _refused(unit, before, after)
        for workspace, keys in refused:
            looked_at += _uses(unit, workspace, keys, before, since)
    unused = [use for use in looked_at if not use.requests]
    gaps = [
        unit.usage.usual_gap(use.workspace.id, use.key.id, unit.now - GAPS_OVER)
        for use in unused[:MOST_GAPS]
    ]
    rare = QUIET_GAPS * max((gap or 0 for gap in gaps), default=0)
    needed = set(before.needed)
    return ForeseenRoute(
        before=before,
        after=after,
        open=not left,
        since=since,
        used=tuple(
            sorted((use for use in looked_at if use.requests), key=lambda use: -use.requests)
        ),
        unused=len(unused),
        seldom=rare if rare > LOOKED_BACK else None,
        more_keys=more_keys,
        more_gaps=len(unused) > MOST_GAPS,
        shared=sum(bool(needed & set(one.needed)) for one in others),
        tools=unit.tools.any(),
    )


def _refused(
    unit: Unit, before: Route, after: Route | None
) -> tuple[list[tuple[Workspace, tuple[Key, ...]]], bool]:
    """Return active keys that a route lets in and another one does not, and whether there are more.

    None instead of the other one lets in nobody.
    """
    queries = _queries(before, after)
    workspaces = unit.workspaces.first(MOST_WORKSPACES + 1)
    found: list[tuple[Workspace, tuple[Key, ...]]] = []
    left, looks = MOST_LOOKED_AT, MORE_LOOKS
    for workspace, query in product(workspaces[:MOST_WORKSPACES], queries):
        # One more than wanted tells whether there are more.
        page = unit.pages.look(workspace.id, query, limit=left + 1)
        while page.unfinished and looks:
            looks -= 1
            page = unit.pages.look(workspace.id, query, limit=left + 1, search=page.search)
        found.append((workspace, page.keys[:left]))
        if page.unfinished or len(page.keys) > left:
            return found, True
        left -= len(page.keys)
    return found, bool(queries) and len(workspaces) > MOST_WORKSPACES


def _queries(before: Route, after: Route | None) -> list[KeyQuery]:
    """Return what finds keys with all scopes of a route that lack one of another's, each once."""
    had = [Term(About.STATE, State.ACTIVE.value)]
    had += [Term(About.SCOPE, scope) for scope in before.needed]
    if after is None:
        return [KeyQuery(tuple(had), Sort.NAME)]
    queries = []
    for scope in after.needed:
        if scope not in before.needed:
            queries.append(KeyQuery((*had, Term(About.SCOPE, scope, negated=True)), Sort.NAME))
            had.append(Term(About.SCOPE, scope))
    return queries


def _uses(
    unit: Unit, workspace: Workspace, keys: Sequence[Key], route: Route, since: int
) -> list[RouteUse]:
    if not keys:
        return []
    ids = [key.id for key in keys]
    scopes = unit.usage.scopes_of_keys(workspace.id, dict.fromkeys(ids, since))
    callers = unit.usage.callers(workspace.id, ids)
    return [
        RouteUse(
            workspace,
            key,
            _most(scopes.get(key.id, ()), route),
            tuple(one for one in callers.get(key.id, ()) if one.last_at > since),
        )
        for key in keys
    ]


def _most(uses: Sequence[ScopeUse], route: Route) -> int:
    """Return how many requests may have gone by a route: each needed all of its scopes."""
    counted = {use.scope: use.requests for use in uses}
    return min(counted.get(scope, 0) for scope in route.needed)
