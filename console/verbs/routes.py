"""What an admin does with the routes of their own API. Run by `Verbs`, one at a time."""

from typing import TYPE_CHECKING

from console.text.route_words import NO_ROUTES, ambiguous, becomes, matched, needs, refused, refuses
from console.verbs.asking import ask_until
from console.verbs.in_force import tell
from store.domain.filtering import terms
from store.domain.keys import State
from store.domain.listing import KeyQuery, Sort
from store.domain.routes.route import Route
from store.errors import AmbiguousPath, Invalid, OperatorsOnly, PlanRequired

if TYPE_CHECKING:
    from console.dialogs.asked_request import Judged
    from console.dialogs.route import WantedRoute
    from console.host import Host
    from store.domain.routes.table import Match
    from store.service.commits import Done

FEW = 5
"""Keys that are named in passing."""
_MOST_NAMED = 3
"""Keys, and callers of each: a dialog is to stand on the smallest screen, buttons and all."""


class RouteVerbs:
    """The flows behind n, t, s, X and enter on the Routes tab."""

    def __init__(self, app: "Host") -> None:
        self._app = app
        self._actor = app.actor
        """Who began; another may be signed in when a dialog is answered."""
        self._warned: WantedRoute | None = None
        """What somebody was told of whom it refuses."""

    async def add(self) -> None:
        """Ask for a route and what it needs."""
        self._check_operator("add routes", "keydeck routes add 'GET /invoices/{id}' invoices:read")
        await self._ask(None)

    async def change(self, route: Route) -> None:
        """Ask what a route is to need."""
        command = f"keydeck routes add '{route}' {route.needs} --replace"
        self._check_operator("change what a route needs", command)
        await self._ask(route)

    async def _ask(self, route: Route | None) -> None:
        from console.dialogs.route import RouteDialog

        app = self._app
        first = not await app.in_store(lambda store: store.routes.seen(self._actor))
        done = await ask_until(
            app,
            lambda given, error: RouteDialog(
                route, given, error, first=first, ascii_only=app.options.ascii_only
            ),
            lambda wanted: self._add(wanted, replace=route is not None),
        )
        if done is None:
            return
        added, commits = done[1].unpack()
        app.look_again()
        await tell(app, f"{added} {needs(added)}.", commits)

    async def _add(self, wanted: "WantedRoute", *, replace: bool) -> "Done[Route]":
        if replace and wanted != self._warned:
            needed = [wanted.needs]
            found = await self._app.in_store(
                lambda store: store.routes.foresee(wanted.route, needed)
            )
            self._warned = wanted
            if found.used or found.more:
                told = refuses(found, self._app.store.clock.now())
                raise Invalid("needs", f"{told} Enter again does it.")
        return await self._app.in_store(
            lambda store: store.routes.add(wanted.route, [wanted.needs], replace=replace)
        )

    async def remove(self, route: Route) -> None:
        """Remove a route, once that is confirmed."""
        from console.dialogs.confirm import ConfirmDialog

        app, actor = self._app, self._actor
        self._check_operator("remove routes", f"keydeck routes remove '{route}'")
        # Whoever may see them no longer is not told who calls, either.
        await app.in_store(lambda store: store.routes.seen(actor))
        found = await app.in_store(lambda store: store.routes.foresee(str(route)))
        now = app.store.clock.now()
        dialog = ConfirmDialog(
            f"Remove {route}?",
            f"It {needs(route)}.",
            becomes(found),
            refuses(found, now),
            *refused(found, now, _MOST_NAMED),
            verb="Remove",
            ascii_only=app.options.ascii_only,
        )
        if not await app.push_screen_wait(dialog):
            return
        removed, commits = (
            await app.in_store(lambda store: store.routes.remove(str(route)))
        ).unpack()
        app.look_again()
        left = "" if removed.left else f" No route is left: {NO_ROUTES}"
        await tell(app, f"{removed.route} is removed.{left}", commits)

    async def test(self) -> None:
        """Say which route decides about a request, and which keys may."""
        from console.dialogs.asked_request import RequestDialog

        app = self._app
        sought = await app.push_screen_wait(
            RequestDialog(self._tested, prefix=app.store.prefix, ascii_only=app.options.ascii_only)
        )
        if sought is not None:
            await app.filter_keys(sought, "routes")

    async def keys(self, route: Route) -> None:
        """Show the keys that may do what a route is about."""
        if route.public:
            self._app.say(f"{route} {needs(route)}.")
        else:
            await self._app.filter_keys(_filter(route), "routes")

    async def _tested(self, request: str) -> "Judged":
        from console.dialogs.asked_request import Judged

        try:
            match = await self._app.in_store(lambda store: store.routes.match(request))
        except AmbiguousPath as refused:
            return Judged(ambiguous(refused), passes=False)
        route = match.route
        if route is None:
            return Judged(await self._unnamed(match), passes=False)
        if route.public:
            return Judged(matched(match), passes=True)
        try:
            who, some = await self._who(route)
        except PlanRequired as refused:
            return Judged(matched(match), passes=True, who=str(refused))
        return Judged(matched(match), passes=True, who=who, filter=_filter(route) if some else None)

    async def _unnamed(self, match: "Match") -> str:
        if await self._app.in_store(lambda store: store.routes.seen(self._actor)):
            return matched(match)
        return f"There is no route: {NO_ROUTES}"

    async def _who(self, route: Route) -> tuple[str, bool]:
        """Return who may, in a sentence, and whether anybody."""
        actor, query = self._actor, KeyQuery(terms(_filter(route)), Sort.NAME)
        page = await self._app.in_store(lambda store: store.keys.page(actor, query, limit=FEW))
        found = await self._app.in_store(lambda store: store.keys.found(actor, query))
        if not page.keys:
            return "None of your keys may.", False
        names = ", ".join(key.name for key in page.keys)
        least = "At least " if found.more else ""
        more = f" and {found.number - FEW:,} more" if found.number > FEW else ""
        return f"{least}{found.number:,} of your keys may: {names}{more}.", True

    def _check_operator(self, action: str, command: str) -> None:
        """Raise OperatorsOnly under sshd's forced command: the files are the boundary."""
        if self._app.options.guest is not None:
            raise OperatorsOnly(action, command)


def _filter(route: Route) -> str:
    """Return the filter that finds the keys which may do what a route is about."""
    return " ".join([f"state:{State.ACTIVE}", *(f"scope:{scope}" for scope in route.needed)])
