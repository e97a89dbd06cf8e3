"""ToolService: what assistants find of the admin's own API. The operator's, as its routes are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from store.domain.audit.actions import Action
from store.domain.routes.route import Route
from store.domain.routes.table import RouteTable
from store.domain.tools.calling import Request, request
from store.domain.tools.naming import told_apart
from store.domain.tools.offered import Offer, Offers
from store.domain.tools.reading import ToolReading
from store.domain.tools.tool import MOST_TOOLS, ToolDocument
from store.errors import Invalid, NoSuchTool, TooManyTools
from store.service.commits import Done
from store.service.transactions import Transactions

MOST_TOLD = 50
"""Tools that the audit names."""


@dataclass(frozen=True, slots=True)
class RemovedTools:
    """What is gone."""

    title: str
    """Of the document it was of."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a call would be."""

    request: Request
    upstream: str
    route: Route | None
    """The route that decides about it, None where it is refused."""


class ToolService:
    """The tools that documents give."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self) -> list[ToolDocument]:
        """Return every document with its tools, by title."""
        with self._transactions.reading() as unit:
            return unit.tools.all()

    def offers(self, documents: Sequence[ToolDocument]) -> dict[str, Offer]:
        """Return the tools of documents by name, and what each takes by the routes as they are."""
        with self._transactions.reading() as unit:
            routes = unit.routes.all()
        return Offers(documents, RouteTable(routes) if routes else None).by_name

    def tried(self, name: str, arguments: str) -> Trial:
        """Return which request a call with some arguments, as JSON, would be.

        Raises NoSuchTool, or Invalid.
        """
        with self._transactions.reading() as unit:
            documents, routes = unit.tools.all(), unit.routes.all()
        offer = Offers(documents, None).by_name.get(name)
        if offer is None:
            raise NoSuchTool(name)
        try:
            given = json.loads(arguments)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise Invalid("arguments", 'Write the arguments as a JSON object: {"id": 7}.')
        asked = request(offer.tool, given)
        route = RouteTable(routes).match(asked.method, asked.path).route
        return Trial(asked, offer.upstream, route)

    def put(self, reading: ToolReading, upstream: str) -> Done[ToolDocument]:
        """Let assistants find the tools of a document, in the place of those it had.

        `upstream` is where they are called. Raises Invalid where none can be, TooManyTools.
        """
        if not reading.tools:
            raise Invalid("file", "None of these operations can be a tool.")
        with self._transactions.taking_away() as mutation:
            documents = mutation.unit.tools.all()
            others = [one for one in documents if one.title != reading.title]
            number = sum(len(one.tools) for one in others)
            if number + len(reading.tools) > MOST_TOOLS:
                raise TooManyTools(MOST_TOOLS, number)
            made = apart(ToolDocument(reading.title, upstream, reading.tools), others)
            if made in documents:
                mutation.leave_unchanged()
            else:
                mutation.unit.tools.write(made)
                mutation.audit_everywhere(
                    Action.TOOLS_SET,
                    (made.title, made.title),
                    takes_away=True,
                    tools=len(made.tools),
                    upstream=upstream,
                    names=[one.name for one in made.tools[:MOST_TOLD]],
                )
        return mutation.done(made)

    def remove(self, reference: str) -> Done[RemovedTools]:
        """Remove a document's tools by its title, or one tool by its name. Raises NoSuchTool."""
        with self._transactions.taking_away() as mutation:
            found = _found(mutation.unit.tools.all(), reference)
            whole, gone = found
            kept = tuple(one for one in whole.tools if one.name not in gone.names)
            if kept:
                mutation.unit.tools.write(replace(whole, tools=kept))
            else:
                mutation.unit.tools.delete(whole.title)
            mutation.audit_everywhere(
                Action.TOOLS_REMOVED,
                (whole.title, whole.title),
                takes_away=True,
                tools=len(gone.names),
                names=list(gone.names[:MOST_TOLD]),
            )
        return mutation.done(gone)


def apart(document: ToolDocument, others: list[ToolDocument]) -> ToolDocument:
    """Return a document whose tools have names that no tool of others has."""
    taken = {tool.name for one in others for tool in one.tools}
    tools = tuple(
        replace(one, name=told_apart(one.name, f"{document.title} {one.name}"))
        if one.name in taken
        else one
        for one in document.tools
    )
    return replace(document, tools=tools)


def _found(documents: list[ToolDocument], reference: str) -> tuple[ToolDocument, RemovedTools]:
    for one in documents:
        if one.title == reference:
            return one, RemovedTools(one.title, tuple(tool.name for tool in one.tools))
    for one in documents:
        if any(tool.name == reference for tool in one.tools):
            return one, RemovedTools(one.title, (reference,))
    raise NoSuchTool(reference)
