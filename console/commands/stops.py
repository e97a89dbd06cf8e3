"""`keydeck stops`: what is stopped."""

import click

from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say, table
from console.commands.stopping import stop_object


@click.group(cls=Group)
def stops() -> None:
    """See what is stopped; keydeck stop and keydeck resume change it."""


@stops.command("list")
@common
def list_(line: Line) -> None:
    """List all that is stopped, the latest first."""
    from console.text.times import ago

    store, actor = line.signed_in()
    found = store.stops.all(actor)
    if line.json:
        document([stop_object(stop) for stop in found])
    elif not found:
        say("Nothing is stopped.")
    else:
        now = store.clock.now()
        table(
            ("STOPPED", "NAME", "SINCE", "BY", "REASON", "LIFTED BY"),
            [
                (
                    stop.target.kind.value,
                    stop.name,
                    ago(stop.stopped_at, now),
                    stop.stopped_by,
                    stop.reason or "",
                    f"keydeck resume {stop.target.option}",
                )
                for stop in found
            ],
        )
