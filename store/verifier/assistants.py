"""What assistants find here: /mcp, and the way to an approval."""

from starlette.types import ASGIApp

from store.verifier.door import Door
from store.verifier.endpoint import Endpoint
from store.verifier.mcp.endpoint import McpEndpoint
from store.verifier.oauth import addresses
from store.verifier.oauth.addresses import Addresses
from store.verifier.oauth.approve import Approve
from store.verifier.oauth.authorize import Authorize
from store.verifier.oauth.desk import Desk
from store.verifier.oauth.programs import Programs


class Assistants:
    """The addresses, and what they share."""

    def __init__(self, door: Door) -> None:
        self._where = Addresses(door.issuer)
        self._desk = Desk(door)
        self._counters, self._request_ids = door.counters, door.request_ids
        self._mcp = McpEndpoint(door, self._where)

    def endpoints(self) -> dict[str, Endpoint]:
        """Return what answers, by path."""
        programs = Programs(self._desk, self._where)
        authorize, approve = Authorize(self._desk, self._where), Approve(self._desk, self._where)
        shared = self._counters, self._request_ids
        found = {
            addresses.REGISTER: Endpoint(*shared, route=addresses.REGISTER, POST=programs.register),
            addresses.AUTHORIZE: Endpoint(*shared, route=addresses.AUTHORIZE, GET=authorize.get),
            addresses.APPROVE: Endpoint(
                *shared, route=addresses.APPROVE, GET=approve.get, POST=approve.post
            ),
            addresses.TOKEN: Endpoint(*shared, route=addresses.TOKEN, POST=programs.token),
            addresses.REVOKE: Endpoint(*shared, route=addresses.REVOKE, POST=programs.revoke),
        }
        for path in self._where.of_server_metadata:
            found[path] = Endpoint(*shared, programs.server_metadata, addresses.SERVER)
        for path in self._where.of_resource_metadata:
            found[path] = Endpoint(*shared, programs.resource_metadata, addresses.RESOURCE)
        return found

    def mcp(self) -> dict[str, ASGIApp]:
        """Return what speaks the protocol, by path."""
        return {addresses.MCP: self._mcp}

    async def close(self) -> None:
        """End what still runs."""
        await self._mcp.close()
        self._desk.close()
