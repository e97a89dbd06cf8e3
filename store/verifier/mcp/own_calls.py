"""Calls of the admin's own API: judged as in front of a proxy, then made."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from store.domain.routes.route import Route
from store.domain.tools.calling import Request, request
from store.domain.tools.offered import Offer
from store.domain.tools.tool import Tool
from store.errors import AmbiguousPath, Invalid
from store.verifier.address_leaks import AddressLeaks
from store.verifier.mcp.caller import ToolCall
from store.verifier.mcp.results import Told, told, untold
from store.verifier.mcp.upstream import Unanswered, Upstream
from store.verifier.original_request import OriginalRequest
from store.verifier.own_tools import OwnTools
from store.verifier.problems import ambiguous_path, invalid_body, invalid_request
from store.verifier.verify_route import identity

_LONGEST_SENTENCE = 300


def _passes(*_: object) -> None:
    """Let every text pass: a pattern of a document may take for ever, and the API looks anyway."""


_Validator = extend(Draft202012Validator, {"pattern": _passes})


class OwnCalls:
    """Makes calls for connections. One worker's, used by its loop alone."""

    def __init__(self, own: OwnTools, leaks: AddressLeaks) -> None:
        self._own = own
        self._leaks = leaks
        self._upstream = Upstream()
        self._validators: dict[int, tuple[Tool, Any]] = {}

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
        self._check(tool, arguments)
        try:
            answer = await self._upstream.call(
                offer.upstream, asked, identity(key.id, key.name, key.workspace, key.scopes)
            )
        except Unanswered as error:
            return untold(tool, error)
        return told(tool, answer)

    async def close(self) -> None:
        """Close every connection."""
        await self._upstream.close()

    def _route(self, asked: Request) -> Route | None:
        table = self._own.table()
        try:
            return None if table is None else table.match(asked.method, asked.path).route
        except AmbiguousPath as error:
            raise ambiguous_path(asked.method, error) from None

    def _check(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        """Raise Problem (422) for arguments that are not as the tool says."""
        # Some models write null for what they leave out.
        body = tool.body.argument if tool.body is not None else None
        given = {name: one for name, one in arguments.items() if one is not None or name == body}
        kept = self._validators.get(id(tool))
        if kept is None or kept[0] is not tool:
            if len(self._validators) > 2 * len(self._own.offers().by_name):
                self._validators.clear()
            kept = tool, _Validator(tool.arguments)
            self._validators[id(tool)] = kept
        try:
            wrong = next(kept[1].iter_errors(given), None)
        except RecursionError:
            raise invalid_body("The arguments are nested too deeply.") from None
        if wrong is not None:
            raise invalid_body(_sentence(wrong))


def _sentence(wrong: ValidationError) -> str:
    where = ".".join(str(part) for part in wrong.absolute_path)
    said = wrong.message[:_LONGEST_SENTENCE]
    return f"{where}: {said}." if where else f"{said}."
