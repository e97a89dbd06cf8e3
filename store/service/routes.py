"""RouteService: which requests of the admin's own API there are, and what each takes.

The operator's, as the catalogue of resources is. Whatever is done to routes may take something
away: a new one may lie within another, and the first makes all that none names refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.people import Actor
from store.domain.routes.importing import ImportPlan, plan
from store.domain.routes.openapi import Reading
from store.domain.routes.pattern import Pattern, pattern
from store.domain.routes.route import Route, route
from store.domain.routes.table import MOST_ROUTES, Match, RouteTable
from store.errors import NoSuchRoute, NotAsked, RoutesChanged, RouteTaken, TooManyRoutes
from store.service.commits import Done
from store.service.foreseen_routes import ForeseenRoute, foresee
from store.service.mutation import TakingMutation
from store.service.transactions import Needs, Transactions, check_standing

MOST_TOLD = 50
"""Routes of an import that the audit names, of each kind."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A route that is gone."""

    route: Route
    left: int
    """How many there still are."""


class RouteService:
    """The routes of the admin's own API."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self) -> list[Route]:
        """Return every route, by path and method."""
        with self._transactions.reading() as unit:
            return unit.routes.all()

    def seen(self, actor: Actor) -> list[Route]:
        """Return every route, to an admin or viewer of any workspace: they are of none.

        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see the routes")
            return unit.routes.all()

    def match(self, request: str) -> Match:
        """Return what decides about a request, written `DELETE /invoices/7`.

        Its path may have a query, which decides nothing. Raises NotAsked, or AmbiguousPath.
        """
        method, blank, address = request.strip().partition(" ")
        path = address.strip().partition("?")[0]
        if not blank or not path:
            raise NotAsked(request)
        return RouteTable(self.all()).match(method, path)

    def add(self, text: str, needs: Sequence[str], *, replace: bool = False) -> Done[Route]:
        """Add a route, written `GET /invoices/{id}`, and what it needs.

        With `replace` it takes the place of one for the same requests. Raises Invalid,
        NoSuchResource, RouteTaken, RoutesOverlap or TooManyRoutes.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            added = route(text, needs, unit.catalogue.all())
            every = unit.routes.all()
            before = _at(every, added.pattern)
            if before is not None and not replace:
                raise RouteTaken(str(added), str(before))
            kept = [other for other in every if other is not before]
            check_together([*kept, added])
            if before == added:
                mutation.leave_unchanged()
            else:
                if before is not None:
                    unit.routes.delete([before.pattern])
                unit.routes.add([added])
                _audit(
                    mutation,
                    Action.ROUTE_CHANGED if before else Action.ROUTE_ADDED,
                    added,
                    needs=added.needs,
                    before=before.needs if before else None,
                )
        return mutation.done(added)

    def remove(self, text: str) -> Done[Removed]:
        """Remove a route, however its places are called.

        Raises Invalid, NoSuchRoute, or RoutesOverlap for one that decides between two others.
        """
        wanted = pattern(text)
        with self._transactions.taking_away() as mutation:
            every = mutation.unit.routes.all()
            found = _at(every, wanted)
            if found is None:
                raise NoSuchRoute(str(wanted))
            check_together([one for one in every if one is not found])
            mutation.unit.routes.delete([found.pattern])
            _audit(mutation, Action.ROUTE_REMOVED, found, before=found.needs)
        return mutation.done(Removed(found, len(every) - 1))

    def foresee(self, text: str, needs: Sequence[str] | None = None) -> ForeseenRoute:
        """Return whom it would refuse to remove a route, or to let it need something else.

        Raises Invalid, NoSuchResource, NoSuchRoute, or RoutesOverlap as the change would.
        """
        wanted = pattern(text)
        with self._transactions.reading() as unit:
            every = unit.routes.all()
            found = _at(every, wanted)
            if found is None:
                raise NoSuchRoute(str(wanted))
            put = None if needs is None else route(text, needs, unit.catalogue.all())
            check_together([*(one for one in every if one is not found), *([put] if put else [])])
            return foresee(unit, every, found, put)

    def plan(self, reading: Reading, leave_out: Sequence[str] = ()) -> ImportPlan:
        """Return what importing a document would change. Raises Invalid or NoSuchRoute."""
        with self._transactions.reading() as unit:
            return plan(unit.routes.all(), unit.catalogue.all(), reading, leave_out)

    def import_(
        self, reading: Reading, seen: ImportPlan, leave_out: Sequence[str] = ()
    ) -> Done[ImportPlan]:
        """Do what was planned, in one transaction.

        Raises RoutesChanged where something else would be done by now, TooManyRoutes, Invalid or
        NoSuchRoute.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            found = plan(unit.routes.all(), unit.catalogue.all(), reading, leave_out)
            if found != seen:
                raise RoutesChanged
            if found.empty:
                mutation.leave_unchanged()
            else:
                _carry_out(mutation, found)
        return mutation.done(found)


def _carry_out(mutation: TakingMutation, wanted: ImportPlan) -> None:
    unit = mutation.unit
    for resource in wanted.resources:
        unit.catalogue.add(resource._replace(builtin=False))
        mutation.audit_everywhere(
            Action.RESOURCE_ADDED,
            (resource.name, resource.title),
            actions=" ".join(resource.actions),
        )
    before = {resource.name: resource.actions for resource in unit.catalogue.all()}
    for resource in wanted.widened:
        unit.catalogue.set_actions(resource.name, resource.actions)
        mutation.audit_everywhere(
            Action.RESOURCE_CHANGED,
            (resource.name, resource.title),
            added=" ".join(one for one in resource.actions if one not in before[resource.name]),
            removed="",
        )
    gone = [*wanted.removed, *(before for before, _ in wanted.changed)]
    unit.routes.delete([one.pattern for one in gone])
    unit.routes.add([*wanted.added, *(after for _, after in wanted.changed)])
    check_together(unit.routes.all())
    mutation.audit_everywhere(
        Action.ROUTE_IMPORTED,
        (wanted.title, wanted.title),
        takes_away=True,
        added=len(wanted.added),
        changed=len(wanted.changed),
        removed=len(wanted.removed),
        routes=[
            *(f"+ {one}: {one.needs}" for one in wanted.added[:MOST_TOLD]),
            *(f"~ {one}: {one.needs}" for _, one in wanted.changed[:MOST_TOLD]),
            *(f"- {one}: {one.needs}" for one in wanted.removed[:MOST_TOLD]),
        ],
    )


def check_together(routes: Sequence[Route]) -> RouteTable:
    """Return the table of routes. Raises RouteTaken, RoutesOverlap or TooManyRoutes."""
    if len(routes) > MOST_ROUTES:
        raise TooManyRoutes(MOST_ROUTES)
    return RouteTable(routes)


def _at(routes: Iterable[Route], wanted: Pattern) -> Route | None:
    return next((one for one in routes if one.pattern.place == wanted.place), None)


def _audit(mutation: TakingMutation, action: Action, about: Route, **details: object) -> None:
    mutation.audit_everywhere(action, (str(about), str(about)), takes_away=True, **details)
