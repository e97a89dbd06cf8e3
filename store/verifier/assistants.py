"""What assistants find here: /mcp, and the way to an approval."""

from starlette.types import ASGIApp

from store.verifier import urls
from store.verifier.context import WorkerContext
from store.verifier.endpoint import Endpoint
from store.verifier.mcp.endpoint import McpEndpoint
from store.verifier.oauth.approve import Approve
from store.verifier.oauth.authorize import Authorize
from store.verifier.oauth.client_endpoints import ClientEndpoints
from store.verifier.oauth.executor import Executor
from store.verifier.urls import Urls


class Assistants:
    """The addresses, and what they share."""

    def __init__(self, context: WorkerContext) -> None:
        self._where = Urls(context.issuer)
        self._executor = Executor(context)
        self._counters, self._request_ids = context.counters, context.request_ids
        self._mcp = McpEndpoint(context, self._where)

    def endpoints(self) -> dict[str, Endpoint]:
        """Return what answers, by path."""
        programs = ClientEndpoints(self._executor, self._where)
        authorize, approve = (
            Authorize(self._executor, self._where),
            Approve(self._executor, self._where),
        )
        shared = self._counters, self._request_ids
        found = {
            urls.REGISTER: Endpoint(*shared, route=urls.REGISTER, POST=programs.register),
            urls.AUTHORIZE: Endpoint(*shared, route=urls.AUTHORIZE, GET=authorize.get),
            urls.APPROVE: Endpoint(*shared, route=urls.APPROVE, GET=approve.get, POST=approve.post),
            urls.TOKEN: Endpoint(*shared, route=urls.TOKEN, POST=programs.token),
            urls.REVOKE: Endpoint(*shared, route=urls.REVOKE, POST=programs.revoke),
        }
        for path in self._where.of_server_metadata:
            found[path] = Endpoint(*shared, programs.server_metadata, urls.SERVER)
        for path in self._where.of_resource_metadata:
            found[path] = Endpoint(*shared, programs.resource_metadata, urls.RESOURCE)
        return found

    def mcp(self) -> dict[str, ASGIApp]:
        """Return what speaks the protocol, by path."""
        return {urls.MCP: self._mcp}

    async def close(self) -> None:
        """End what still runs."""
        await self._mcp.close()
        self._executor.close()
