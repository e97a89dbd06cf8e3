"""The routes. The hot ones are found in a dictionary; Starlette's router has the rest."""

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from store.verifier.door import Door
from store.verifier.endpoint import Endpoint
from store.verifier.granted import Granted
from store.verifier.health import Health
from store.verifier.resources.availability import Availability
from store.verifier.resources.collection import Collection
from store.verifier.resources.events import Events
from store.verifier.resources.quotes import Quotes

BASE = "/api/v1"


class App:
    """The verifier as an ASGI application. Paths are exact: a trailing slash is 404."""

    def __init__(self, door: Door, *, workers: int = 1) -> None:
        counters = door.counters
        self._hot: dict[str, ASGIApp] = {
            f"{BASE}/verify": Endpoint(counters, GET=Granted(door).get),
            f"{BASE}/availability": Endpoint(counters, GET=Availability(door).get),
        }
        routes: list[Route] = []
        for kind in (Events(), Quotes()):
            things = Collection(door, kind, BASE)
            self._hot[f"{BASE}/{kind.name}"] = Endpoint(
                counters, GET=things.page, POST=things.create
            )
            one = Endpoint(counters, GET=things.get, PATCH=things.change)
            routes.append(Route(f"{BASE}/{kind.name}/{{id}}", one))
        health = Health(door, workers)
        for name in ("healthz", "readyz", "metrics"):
            watched = Endpoint(counters, GET=getattr(health, name))
            # Probes look at the root; the base is where the contract's other paths are.
            routes += [Route(f"/{name}", watched), Route(f"{BASE}/{name}", watched)]
        self._rest = Router(routes, redirect_slashes=False, default=Endpoint(counters))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; only HTTP is spoken here."""
        if scope["type"] != "http":
            raise RuntimeError(f"this application does not speak {scope['type']}")
        await self._hot.get(scope["path"], self._rest)(scope, receive, send)
