"""The verifier as an ASGI application: a dictionary for the addresses, Starlette's router for
those that vary.

What is answered at once (`store.verifier.http.protocol`) is found past both, by its bytes: an
address as it stands in the table, or one of it whose last segment is an id as ours are. However
else somebody may write it, the router finds out, and the answer is the same.
"""

import re

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from store.verifier.access_log import AccessLog
from store.verifier.assistants import Assistants
from store.verifier.authorize_route import PATH
from store.verifier.context import WorkerContext
from store.verifier.endpoint import Endpoint
from store.verifier.endpoints import BESIDE, Listener, endpoints
from store.verifier.http.connections import FEWEST, OpenConnections
from store.verifier.http.rejections import Rejections
from store.verifier.metrics import NO_PROCESS, Process
from store.verifier.reference.served import Reference

_BY_ID = re.compile(r"([^{]*)/\{[^/]*\}")
_ID = re.compile(rb"[0-9A-Za-z_]+")
_AUTHORIZE = f"{PATH}/".encode("ascii")


class App:
    """Answers HTTP. Paths are exact: a trailing slash is 404."""

    def __init__(
        self,
        context: WorkerContext,
        process: Process = NO_PROCESS,
        side: Listener = Listener.ALL,
        access_log: AccessLog | None = None,
    ) -> None:
        """`access_log` is told of every answer."""
        self.access_log = access_log
        counters, self.request_ids = context.counters, context.request_ids
        self.counters = counters
        self.rejections = Rejections(counters)
        few = FEWEST if side is Listener.INTERNAL else None
        self.connections = OpenConnections(context.clients, few)
        self._exact: dict[str, Endpoint] = {}
        by_template: dict[str, Endpoint] = {}
        table = endpoints(context, process, side)
        for path, place in table.items():
            endpoint = place.endpoint(counters, self.request_ids, place.read, path, **place.writes)
            if "{" in path:
                by_template[path] = endpoint
            else:
                self._exact[path] = endpoint
        self._exact |= {
            also: self._exact[path] for also, path in BESIDE.items() if path in self._exact
        }
        self._assistants: Assistants | None = None
        self._for_assistants: dict[str, ASGIApp] = {}
        if side is not Listener.INTERNAL:
            reference = Reference(
                table, context.public_url, context.lookup.prefix, context.key_places
            )
            for path, read in (
                ("/openapi.json", reference.openapi),
                ("/docs", reference.page),
                ("/", reference.front),
            ):
                self._exact[path] = Endpoint(counters, self.request_ids, read, path)
            self._assistants = Assistants(context)
            self._for_assistants = self._assistants.addresses()
        self._at_once = {
            path.encode("ascii"): found
            for path, found in self._exact.items()
            if found.reads_at_once
        }
        self._at_once_by_id = {
            varies[1].encode("ascii"): endpoint
            for path, endpoint in by_template.items()
            if (varies := _BY_ID.fullmatch(path)) and endpoint.reads_at_once
        }
        self._authorize = self._exact.get(PATH)
        nowhere = Endpoint(counters, self.request_ids)
        varying = [Route(path, endpoint) for path, endpoint in by_template.items()]
        self._rest = Router(varying, redirect_slashes=False, default=nowhere)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; only HTTP is spoken here."""
        if scope["type"] != "http":
            raise RuntimeError(f"this application does not speak {scope['type']}")
        path = scope["path"]
        found: ASGIApp | None = self._exact.get(path) or self._for_assistants.get(path)
        found = found or self._below(scope["raw_path"]) or self._rest
        await found(scope, receive, send)

    async def close(self) -> None:
        """End what was begun for a request and goes on beside it."""
        if self._assistants is not None:
            await self._assistants.close()

    def endpoint(self, path: bytes) -> Endpoint | None:
        """Return what answers at a path as it was sent, None where a router has to find out."""
        found = self._at_once.get(path)
        if found is not None:
            return found
        place, _, last = path.rpartition(b"/")
        found = self._at_once_by_id.get(place)
        if found is not None:
            return found if _ID.fullmatch(last) else None
        return self._below(path)

    def _below(self, path: bytes) -> Endpoint | None:
        """Return what answers at every address below its own, for a path as it was sent."""
        return self._authorize if path.startswith(_AUTHORIZE) else None
