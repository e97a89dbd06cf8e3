"""`keydeck tools`: what assistants do with your own API. The operator's."""

from pathlib import Path
from typing import Any

import click

from console.commands import exits
from console.commands.api_document import chooses, read_tools_of
from console.commands.ending import ask, ends
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Shown
from console.commands.options import for_operator, looks
from console.commands.output import document, say
from console.commands.tables import Column
from console.text.safe import safe
from console.text.tool_words import tool_object

_UNROUTED = "No route names what these call, so they are refused: "


@click.group(cls=Group)
def tools() -> None:
    """Let assistants call your own API: operations of its OpenAPI document become tools.

    Routes judge each call (keydeck routes import), and your API is told by X-Key-Id, X-Key-Name,
    X-Workspace and X-Key-Scopes who calls. X-Key-Owner and X-Key-Labels, which keys have, are
    empty.
    """


_LIST = Listing(Column("NAME", whole=True), "METHOD", "PATH", "NEEDS", "FROM", "CALLED AT")


@tools.command("list")
@_LIST.options
@for_operator
def list_(line: Line, shown: Shown) -> None:
    """List the tools by name, and the scopes each needs."""
    store = line.store()
    found = [
        (of, offer.tool, offer.needed)
        for of in store.tools.all()
        for offer in store.tools.offers([of]).values()
    ]
    found.sort(key=lambda one: one[1].name)
    shown.print(
        line,
        found,
        row=lambda one: (
            one[1].name,
            one[1].method,
            one[1].path,
            _needs(one[2]),
            one[0].title,
            one[0].upstream,
        ),
        content=lambda one: tool_object(*one),
    )


@tools.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--upstream", required=True, metavar="URL", help="Where your API is called.")
@chooses
@click.option("--dry-run", is_flag=True, help="Say what would be there, and change nothing.")
@ends
@for_operator
def add(line: Line, file: Path, upstream: str, dry_run: bool, **chosen: Any) -> None:
    """Make tools of the operations of an OpenAPI document: 2.0 or 3, JSON.

    keydeck tools add openapi.json --upstream http://127.0.0.1:9000 --tag invoices

    They take the place of those that a document of the same title gave. Where it is called is what
    you say here, whatever the document says of servers; of credentials nothing is asked of anybody.
    """
    from store.domain.tools.tool import ToolDocument

    reading, origin = read_tools_of(file, upstream, **chosen)
    store = line.store()
    planned = ToolDocument(reading.title, origin, reading.tools)
    offers = store.tools.offers([planned]).values()
    if not line.json:
        for offer in offers:
            tool = offer.tool
            print(safe(f"+ {tool.name}  {tool.method} {tool.path}  {_needs(offer.needed)}"))
    unrouted = [offer.tool.name for offer in offers if offer.needed is None]
    if unrouted:
        say(safe(f"{_UNROUTED}{', '.join(unrouted[:5])}. See keydeck routes import."))
    content = {
        "tools": [tool_object(planned, offer.tool, offer.needed) for offer in offers],
        "left_out": [{"operation": one.operation, "why": one.why} for one in reading.left_out],
        "cut": reading.cut,
        "headers_left_out": list(reading.unasked),
    }
    if dry_run:
        if line.json:
            document(content)
        return
    ask(line, f"Let assistants call these {len(reading.tools)} at {origin}?")
    made, commits = store.tools.put(reading, origin).unpack()
    sentence = f"“{made.title}” has {len(made.tools)} tools, called at {made.upstream}."
    report(line, store, commits, sentence, content)


@tools.command()
@click.argument("reference", metavar="TITLE|NAME")
@ends
@for_operator
def remove(line: Line, reference: str) -> None:
    """Remove the tools of a document by its title, or one tool by its name."""
    store = line.store()
    ask(line, f"Remove {reference}? Assistants cannot call it any more.")
    gone, commits = store.tools.remove(reference).unpack()
    names = ", ".join(gone.names[:5]) + (" and more" if len(gone.names) > 5 else "")
    content = {"document": gone.title, "removed": list(gone.names)}
    report(line, store, commits, f"Removed of “{gone.title}”: {names}.", content)


@tools.command("test")
@click.argument("name")
@click.argument("arguments", metavar="[JSON]", default="{}")
@for_operator
@looks
def test_(line: Line, name: str, arguments: str) -> int:
    """Say which request a call would be. 0 a route decides, 1 it is refused.

    keydeck tools test get_invoice '{"id": 7}'

    Nothing is called.
    """
    found = line.store().tools.tried(name, arguments)
    asked, route = found.request, found.route
    target = f"{asked.path}?{asked.query}" if asked.query else asked.path
    if line.json:
        document(
            {
                "name": name,
                "method": asked.method,
                "url": f"{found.upstream}{target}",
                "body": None if asked.body is None else asked.body.decode(),
                "routed": route is not None,
                "scopes": [] if route is None else list(route.needed),
            }
        )
    else:
        print(safe(f"{asked.method} {found.upstream}{target}"))
        if asked.body is not None:
            print(safe(asked.body.decode()))
        needed = None if route is None else route.needed
        say(safe(f"{route}: {_needs(needed)}." if route else "No route names it: it is refused."))
    return exits.DONE if route is not None else exits.FAILED


def _needs(needed: tuple[str, ...] | None) -> str:
    if needed is None:
        return "refused"
    return " ".join(needed) or "any connection"
