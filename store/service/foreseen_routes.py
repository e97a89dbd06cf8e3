"""Whom a change of routes would refuse, as far as what is kept can tell.

Requests are counted of each key and of each scope that they needed, never of each path: so what is
known is how often keys needed what a route needs, and that is the most that went by the route.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from store.domain.filtering import About, Term
from store.domain.keys import Key, State
from store.domain.listing import KeyQuery, Sort
from store.domain.people import Workspace
from store.domain.rotation import GAPS_OVER, QUIET_GAPS
from store.domain.routes.pattern import ANY, Varies
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.times import DAY
from store.domain.usage import Caller, ScopeUse
from store.persistence.unit import Unit

LOOKED_BACK = 30 * DAY
MOST_LOOKED_AT = 200
"""Keys of a workspace that may use a route, of which each is looked at."""


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
    more: bool
    """Whether there are more keys than were looked at."""
    shared: int
    """How many other routes need one of its scopes, too: what is counted may be of these."""

    @property
    def told(self) -> bool:
        """Whether anything is kept of who uses it: what needs no scope is counted of none."""
        return bool(self.before.needed)


def foresee(unit: Unit, every: Sequence[Route], before: Route, put: Route | None) -> ForeseenRoute:
    """Return what would become of a route's requests with another in its place, or with none."""
    others = [one for one in every if one is not before]
    left = [*others, *([put] if put is not None else [])]
    after = put or _decides(left, before)
    since = unit.now - LOOKED_BACK
    used: list[RouteUse] = []
    unused, more, rare = 0, False, 0
    if before.needed and left and not (after is not None and after.public):
        for workspace in unit.workspaces.all():
            keys, cut = _may(unit, workspace, before)
            more = more or cut
            refused = [key for key in keys if after is None or not _grants(key, after)]
            for use in _uses(unit, workspace, refused, before, since):
                if use.requests:
                    used.append(use)
                    continue
                unused += 1
                gap = unit.usage.usual_gap(workspace.id, use.key.id, unit.now - GAPS_OVER)
                rare = max(rare, QUIET_GAPS * (gap or 0))
    needed = set(before.needed)
    return ForeseenRoute(
        before=before,
        after=after,
        open=not left,
        since=since,
        used=tuple(sorted(used, key=lambda use: -use.requests)),
        unused=unused,
        seldom=rare if rare > LOOKED_BACK else None,
        more=more,
        shared=sum(bool(needed & set(one.needed)) for one in others),
    )


def _decides(routes: Sequence[Route], about: Route) -> Route | None:
    """Return which of some routes decides about a request of another one."""
    segments = ["x" if isinstance(one, Varies) else one for one in about.pattern.segments]
    method = "GET" if about.pattern.method == ANY else about.pattern.method
    path = "/" + "/".join(segments) + ("/" if about.pattern.slash and segments else "")
    return RouteTable(routes).match(method, path).route


def _grants(key: Key, route: Route) -> bool:
    return set(route.needed) <= {str(scope) for scope in key.scopes}


def _may(unit: Unit, workspace: Workspace, route: Route) -> tuple[list[Key], bool]:
    """Return active keys that may use a route, and whether there are more of them."""
    terms = (
        Term(About.STATE, State.ACTIVE.value),
        *(Term(About.SCOPE, scope) for scope in route.needed),
    )
    query = KeyQuery(terms, Sort.NAME)
    page = unit.pages.page(workspace.id, query, limit=MOST_LOOKED_AT)
    return list(page.keys), page.next is not None


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
