"""Calls of the admin's own API: judged as in front of a proxy, then made."""

from collections.abc import Mapping
from typing import Any

from store.domain.routes.route import Route
from store.domain.tools.calling import Request, request
from store.domain.tools.offered import Offer
from store.domain.tools.tool import Tool
from store.errors import AmbiguousPath, Invalid
from store.verifier.address_leaks import AddressLeaks
from store.verifier.mcp.argument_checks import ArgumentChecks
from store.verifier.mcp.caller import ToolCall
from store.verifier.mcp.results import Told, told_meanwhile, untold
from store.verifier.mcp.upstream import Unanswered, Upstream
from store.verifier.original_request import OriginalRequest
from store.verifier.own_tools import OwnTools
from store.verifier.problems import ambiguous_path, invalid_body, invalid_request
from store.verifier.verify_route import identity


class OwnCalls:
    """Makes calls for connections. One worker's, used by its loop alone."""

    def __init__(self, own: OwnTools, leaks: AddressLeaks) -> None:
        self._own = own
        self._leaks = leaks
        self._upstream = Upstream()
        self._checks = ArgumentChecks(lambda: len(own.offers().by_name))

    def offer(self, name: str) -> Offer | None:
        """Return a tool by its name. Raises StoreUnusable."""
        return self._own.offers().by_name.get(name)

    def offered(self, granted: set[str]) -> dict[str, Tool]:
        """Return the tools that some scopes open, by name. Raises StoreUnusable."""
        every = self._own.offers().by_name.items()
        return {name: offer.tool for name, offer in every if offer.opened_by(granted)}

    async def call(self, caller: ToolCall, offer: Offer, arguments: Mapping[str, Any]) -> Told:
        """Call a tool. Raises Problem or StoreUnusable where it may not be called."""
        tool = offer.tool
        try:
            asked = request(tool, arguments)
        except Invalid as error:
            # Whoever may not call it learns that first.
            caller.admit_to(tool.method, tool.path, offer.needed)
            raise invalid_body(str(error)) from None
        original = OriginalRequest(asked.method, asked.path, asked.query.encode("ascii"))
        if self._leaks.holds_key(caller.scope, original):
            raise invalid_request("An argument holds an API key, which stands in no address.")
        route = self._route(asked)
        needed = None if route is None else route.needed
        key = caller.admit_to(asked.method, asked.path, needed)
        self._checks.check(tool, arguments)
        try:
            answer = await self._upstream.call(
                offer.upstream, asked, identity(key.id, key.name, key.workspace, key.scopes)
            )
        except Unanswered as error:
            return untold(tool, error)
        return await told_meanwhile(tool, answer)

    async def close(self) -> None:
        """Close every connection."""
        await self._upstream.close()

    def _route(self, asked: Request) -> Route | None:
        table = self._own.table()
        try:
            return None if table is None else table.match(asked.method, asked.path).route
        except AmbiguousPath as error:
            raise ambiguous_path(asked.method, error) from None
