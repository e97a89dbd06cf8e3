"""`keydeck stops`: what is stopped."""

from typing import TYPE_CHECKING

import click

from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.options import common
from console.commands.stopping import stop_object
from console.commands.tables import Column

if TYPE_CHECKING:
    from store.domain.stops import Stop


@click.group(cls=Group)
def stops() -> None:
    """See what is stopped; keydeck stop and keydeck resume change it."""


_LIST = Listing("STOPPED", "NAME", "SINCE", "BY", "REASON", Column("LIFTED BY", whole=True))


@stops.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List all that is stopped, the latest first."""
    store, actor = line.signed_in()
    now = store.clock.now()
    shown.print(
        line,
        store.stops.all(actor),
        row=lambda stop: _row(stop, now),
        content=stop_object,
        nothing="Nothing is stopped.",
    )


def _row(stop: "Stop", now: int) -> Row:
    from console.text.times import ago

    return (
        stop.target.kind.value,
        stop.name,
        latest(ago(stop.stopped_at, now), stop.stopped_at),
        stop.stopped_by,
        stop.reason or "",
        f"keydeck resume {stop.target.option}",
    )
