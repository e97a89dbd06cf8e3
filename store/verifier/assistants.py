"""What assistants find here: /mcp, and the way to an approval."""

from starlette.types import ASGIApp, Receive, Scope, Send

from store.verifier import urls
from store.verifier.context import WorkerContext
from store.verifier.cross_origin import CrossOrigin, Origins
from store.verifier.endpoint import Endpoint
from store.verifier.mcp.endpoint import McpEndpoint
from store.verifier.oauth.approve import Approve
from store.verifier.oauth.authorize import Authorize
from store.verifier.oauth.client_endpoints import ClientEndpoints
from store.verifier.oauth.executor import Executor
from store.verifier.oauth.outside_renewals import OutsideRenewals
from store.verifier.own_tools import OwnTools
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls


class Assistants:
    """The addresses, and what they share.

    On this very machine the verifier has several names, and an assistant that was given one finds
    all that it looks for under that one: what it is told has to begin with what it asked.
    """

    def __init__(self, context: WorkerContext) -> None:
        self._executor = Executor(context)
        where = Urls(context.issuer)
        names = () if context.public_url else where.other_names
        own = OwnTools(context.lookup, context.memory, context.tools)
        requestable = RequestableScopes(own, sample=context.sample)
        self._sides = [
            _Side(context, self._executor, Urls(one), own, requestable)
            for one in (where.issuer, *names)
        ]

    def addresses(self) -> dict[str, ASGIApp]:
        """Return what answers, by path."""
        first, *others = self._sides
        found = first.addresses()
        if not others:
            return found
        named = {side.host: side.addresses() for side in others}
        return {
            path: _ByName({host: side[path] for host, side in named.items()}, app)
            for path, app in found.items()
        }

    async def close(self) -> None:
        """End what still runs."""
        for side in self._sides:
            await side.close()
        self._executor.close()


class _ByName:
    """Answers as whoever it was asked for (RFC 9110 7.2)."""

    def __init__(self, named: dict[bytes, ASGIApp], otherwise: ASGIApp) -> None:
        self._named, self._otherwise = named, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        await self._named.get(host.lower(), self._otherwise)(scope, receive, send)


class _Side:
    """The addresses under one name."""

    def __init__(
        self,
        context: WorkerContext,
        executor: Executor,
        where: Urls,
        own: OwnTools,
        requestable: RequestableScopes,
    ) -> None:
        self._executor, self._where, self._requestable = executor, where, requestable
        self._counters, self._request_ids = context.counters, context.request_ids
        self._outside = OutsideRenewals(context)
        self._origins = Origins(self._where.origin, context.allowed_origins)
        self._mcp = McpEndpoint(context, self._where, self._origins, own, requestable)

    @property
    def host(self) -> bytes:
        """What a request for it has as `Host`."""
        return self._where.origin.partition("://")[2].encode("ascii")

    def addresses(self) -> dict[str, ASGIApp]:
        """Return what answers, by path."""
        return {**self._pages(), **self._programs()}

    async def close(self) -> None:
        """End what still runs."""
        await self._mcp.close()

    def _pages(self) -> dict[str, Endpoint]:
        authorize, approve = (
            Authorize(self._executor, self._where, self._requestable),
            Approve(self._executor, self._where),
        )
        shared = self._counters, self._request_ids
        return {
            urls.AUTHORIZE: Endpoint(*shared, route=urls.AUTHORIZE, GET=authorize.get),
            urls.APPROVE: Endpoint(*shared, route=urls.APPROVE, GET=approve.get, POST=approve.post),
        }

    def _programs(self) -> dict[str, ASGIApp]:
        programs = ClientEndpoints(self._executor, self._where, self._requestable, self._outside)
        shared = self._counters, self._request_ids
        found: dict[str, ASGIApp] = {
            urls.REGISTER: Endpoint(*shared, route=urls.REGISTER, POST=programs.register),
            urls.TOKEN: Endpoint(*shared, route=urls.TOKEN, POST=programs.token),
            urls.REVOKE: Endpoint(*shared, route=urls.REVOKE, POST=programs.revoke),
        }
        found[urls.ROOT_TOKEN] = found[urls.TOKEN]
        for path in self._where.of_server_metadata:
            found[path] = Endpoint(*shared, programs.server_metadata, urls.SERVER)
        for path in self._where.of_resource_metadata:
            found[path] = Endpoint(*shared, programs.resource_metadata, urls.RESOURCE)
        open_to_all = {path: CrossOrigin(one, self._request_ids) for path, one in found.items()}
        mcp = CrossOrigin(self._mcp, self._request_ids, self._origins)
        # Some add a slash to whatever they are given.
        return {**open_to_all, urls.MCP: mcp, f"{urls.MCP}/": mcp}
