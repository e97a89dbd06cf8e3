"""`keydeck colour`: the operator's choice of what a workspace's name is drawn in."""

import click

from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say
from store.domain.people import COLOURS


@click.command()
@click.argument("colour", type=click.Choice([*COLOURS, "none"]))
@common
def colour(line: Line, colour: str) -> None:
    """Draw a workspace's name in a colour, to tell production from a playground."""
    chosen = None if colour == "none" else colour
    changed = line.store().operator.set_colour(line.slug, chosen)
    if line.json:
        document({"workspace": changed.slug, "name": changed.name, "colour": changed.colour})
    else:
        say(f"{changed.slug} is drawn in {changed.colour or 'no colour of its own'}.")
