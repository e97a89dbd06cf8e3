"""`keydeck keys refusals`, `connections refusals`: the latest requests that were refused."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import common, either_side
from console.commands.tables import Cell, Column, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.domain.usage import Refusal

_LIST = Listing(
    Column("WHEN (UTC)", whole=True),
    "VERDICT",
    "ADDRESS",
    "TOOL",
    "REQUEST",
    "USER AGENT",
    Column("REQUEST ID", whole=True),
)
_TOOL = _LIST.names.index("tool")


@click.command("refusals")
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@_LIST.options
@common
@either_side
def key_refusals(line: Line, reference: str, shown: Shown) -> None:
    """List the latest requests that a key was refused, newest first.

    keydeck keys refusals Website --filter verdict:scope --jsonl

    The latest 50 are kept, of requests that came with all of the key. keydeck why says more of one.
    """
    store, actor = line.signed_in()
    found = store.usage.of_key(actor, reference, store.clock.now()).refusals
    _list(line, shown, found, f"{reference} was refused nothing.")


@click.command("refusals")
@click.argument("reference", metavar="ID")
@_LIST.options
@common
def connection_refusals(line: Line, reference: str, shown: Shown) -> None:
    """List the latest requests that an assistant was refused, newest first.

    keydeck connections refusals Claude --filter tool:delete

    The latest 50 are kept, of requests that came with a token of the connection.
    """
    store, actor = line.signed_in()
    found = store.connections.usage(actor, reference, store.clock.now()).usage.refusals
    _list(line, shown, found, f"{reference} was refused nothing.")


def _list(line: Line, shown: Shown, found: "Sequence[Refusal]", nothing: str) -> None:
    shown.print(line, found, row=_row, content=refusal_object, nothing=nothing)


def refusal_object(refusal: "Refusal") -> dict[str, Any]:
    """Return a refusal as JSON has it."""
    from store.domain.times import rfc3339

    return {**refusal._asdict(), "at": rfc3339(refusal.at), "verdict": refusal.verdict.value}


def print_refusals(refusals: "Sequence[Refusal]") -> None:
    """Print the latest refusals as a table below another, nothing where there are none."""
    if not refusals:
        return
    print()
    # Of a key none is of a tool.
    shown = [
        at for at in range(len(_LIST.columns)) if at != _TOOL or any(one.tool for one in refusals)
    ]
    rows = ([_row(refusal)[at] for at in shown] for refusal in refusals)
    table([_LIST.columns[at] for at in shown], rows)


def _row(refusal: "Refusal") -> Row:
    from console.text.times import day
    from store.domain.times import moment

    return (
        Cell(f"{day(refusal.at)} {moment(refusal.at):%H:%M:%S}", refusal.at),
        refusal.verdict.value,
        refusal.address or "",
        refusal.tool or "",
        f"{refusal.method} {refusal.path}",
        refusal.user_agent,
        refusal.request_id,
    )
