"""Routes in words and as JSON. Pure; nothing is made safe for a screen yet."""

from typing import TYPE_CHECKING, Any

from console.text.batches import counted as counted_keys
from console.text.rotation_words import named
from console.text.times import ago, distance
from store.domain.routes.route import ANY_KEY, PUBLIC, Route
from store.domain.routes.table import Match
from store.domain.times import DAY

if TYPE_CHECKING:
    from store.service.foreseen_routes import ForeseenRoute, RouteUse

NO_ROUTES = "/api/v1/authorize lets every good key pass, for anything."
"""What holds where there is no route."""
MOST_NAMED = 5
"""Keys, and callers of each, that are named."""
NOT_NAMED = "no route names it"


def route_object(route: Route) -> dict[str, Any]:
    """Return a route as JSON has it."""
    return {
        "route": str(route),
        "method": route.pattern.method,
        "path": route.pattern.path,
        "scopes": list(route.needed),
        "public": route.public,
        "document": route.document,
    }


def needs(route: Route) -> str:
    """Return what a route needs, in words: `needs invoices:read`."""
    if route.public:
        return "needs no key"
    return f"needs {' and '.join(route.needed)}" if route.needed else "needs any good key"


def origin(route: Route) -> str:
    """Return where a route came from."""
    return route.document or "by hand"


def listed(route: Route) -> str:
    """Return what a route needs as a column has it."""
    return {PUBLIC: "no key", ANY_KEY: "any good key"}.get(route.needs, route.needs)


def becomes(found: "ForeseenRoute") -> str:
    """Return what would become of a route's requests."""
    if found.open:
        return f"No route is left then: {NO_ROUTES}"
    if found.after is None:
        return "What no other route names is refused then, whatever the key."
    if found.after.pattern == found.before.pattern:
        return f"It {needs(found.after)} then; now it {needs(found.before)}."
    return f"{found.after} decides then, which {needs(found.after)}."


def refuses(found: "ForeseenRoute", now: int) -> str:
    """Return the sentence by which somebody decides whether a route may go or need more."""
    if found.open and found.tools:
        return "That refuses no key, but assistants' tools are refused then: they need a route."
    if found.open or (found.after is not None and found.after.public):
        return "That refuses nobody."
    if not found.told:
        return (
            "Who calls it is not known: requests are counted by key and by scope, not by path, and "
            f"it {needs(found.before)}."
        )
    days = round((now - found.since) / DAY)
    needed = " and ".join(found.before.needed)
    unseen = _unseen(found) + (" Assistants are not counted here." if found.tools else "")
    if not found.used:
        over = f"needed {needed} in the last {days} days.{unseen}"
        if found.more_keys and found.looked_at < 2:
            return f"Not every key was looked at; none that was {over}"
        if found.more_keys:
            return f"Of the first {found.looked_at:,} keys that were looked at, none {over}"
        return f"No key that it would refuse {over}"
    number = sum(use.requests for use in found.used)
    least = " at least" if found.more_keys else ""
    shared = found.shared
    others = f", and {shared:,} other route{'' if shared == 1 else 's'} may have had them"
    return (
        f"That would have refused up to {number:,} request{'' if number == 1 else 's'} of "
        f"{counted_keys(len(found.used))}{least} in the last {days} days, those that needed "
        f"{needed}. By which path is not kept{others if shared else ''}.{unseen}"
    )


def refused(found: "ForeseenRoute", now: int, most: int = MOST_NAMED) -> list[str]:
    """Return which keys those are, a line each, with who called with them; `most` of either."""
    lines = [_use(use, now, most) for use in found.used[:most]]
    more = len(found.used) - most
    return [*lines, f"and {counted_keys(more)} more"] if more > 0 else lines


def _use(use: "RouteUse", now: int, most: int) -> str:
    who = ", ".join(named(caller) for caller in use.callers[:most])
    last = f", last {ago(use.callers[0].last_at, now)}" if use.callers else ""
    return (
        f"“{use.key.name}” of {use.workspace.name}, up to {use.requests:,}, used by "
        f"{who or 'nobody that is known'}{last}"
    )


def _unseen(found: "ForeseenRoute") -> str:
    told = ""
    if found.unused and (found.used or not found.more_keys):
        least = " at least" if found.more_keys else ""
        told = f" {counted_keys(found.unused)} more{least} may use it and did not."
    if found.seldom is not None:
        return (
            f"{told} Some call seldom: only after {distance(found.seldom)}, ten times the usual "
            "gap, has everybody been seen."
        )
    return f"{told} Not of all was it looked at how seldom they call." if found.more_gaps else told


def matched(match: Match) -> str:
    """Return what becomes of a request, in a sentence or two."""
    if match.route is not None:
        return f"{match.route} {needs(match.route)}."
    but = f" {match.nearly} does, but for its capitals or its last slash." if match.nearly else ""
    return f"{NOT_NAMED[0].upper()}{NOT_NAMED[1:]}, so it is refused.{but}"


def ambiguous(reason: object) -> str:
    """Return what becomes of a request whose path is read in several ways, and why."""
    return f"{reason} It is refused, whatever the key."


def counted(routes: int, public: int) -> str:
    """Return how many routes there are: `12 routes · 2 public`."""
    number = f"{routes:,} route{'' if routes == 1 else 's'}"
    return f"{number} · {public:,} public" if public else number
