"""`keydeck resources`: the catalogue that scopes are made of. The operator's."""

from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, ends
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import for_operator
from console.commands.output import document, say
from console.commands.tables import Column
from console.text.sentences import listed

if TYPE_CHECKING:
    from store.domain.scopes import Resource


@click.group(cls=Group)
def resources() -> None:
    """Name the resources of your own API that keys can be scoped to."""


_LIST = Listing(Column("NAME", whole=True), "TITLE", "ACTIONS", "WHOSE")


@resources.command("list")
@_LIST.options
@for_operator
def list_(line: Line, shown: Shown) -> None:
    """List the catalogue."""
    shown.print(line, line.store().operator.resources(), row=_row, content=_resource)


def _row(resource: "Resource") -> Row:
    whose = "sample API" if resource.builtin else "yours"
    return resource.name, resource.title, ", ".join(resource.actions), whose


@resources.command()
@click.argument("name")
@click.option("--title", help="How the console names it.")
@click.option(
    "--actions",
    metavar="ACTION,...",
    help="What can be granted on it: read,write unless you say so.",
)
@for_operator
def add(line: Line, name: str, title: str | None, actions: str | None) -> None:
    """Add a resource, on which keys can be granted read, write, or your actions.

    No action implies another.
    """
    from store.domain.scopes import USUAL

    named = USUAL if actions is None else [actions]
    added = line.store().operator.add_resource(name, title, named)
    if line.json:
        document(_resource(added))
    else:
        say(_grantable(added))


@resources.command()
@click.argument("name")
@click.option("--add", "added", metavar="ACTION,...", help="What can be granted too.")
@click.option("--remove", "removed", metavar="ACTION,...", help="What no longer can be.")
@ends
@for_operator
def actions(line: Line, name: str, added: str | None, removed: str | None) -> None:
    """Change what can be granted on a resource of yours.

    An action that an active key has is not removed.
    """
    if added is None and removed is None:
        raise click.UsageError("Say what to --add or to --remove.")
    from store.domain.scopes import checked_actions

    operator = line.store().operator
    gone = set(checked_actions([removed or ""]))
    for resource in operator.resources():
        lost = [str(one) for one in resource.scopes if one.action in gone]
        if lost and resource.name == name and not resource.builtin:
            ask(line, f"Remove {listed(lost)}? No key can be granted that then.")
    changed = operator.change_actions(name, add=[added or ""], remove=[removed or ""])
    if line.json:
        document(_resource(changed))
    else:
        say(_grantable(changed))


@resources.command()
@click.argument("name")
@ends
@for_operator
def remove(line: Line, name: str) -> None:
    """Remove a resource that no active key uses."""
    operator = line.store().operator
    if any(resource.name == name and not resource.builtin for resource in operator.resources()):
        ask(line, f"Remove {name}? No key can be granted anything on it then.")
    operator.remove_resource(name)
    if line.json:
        document({"name": name})
    else:
        say(f"{name} is removed.")


@resources.command()
@click.argument("switch", type=click.Choice(["on", "off"]))
@ends
@for_operator
def sample(line: Line, switch: str) -> None:
    """Take the sample API out (availability, events, quotes), or put it back.

    keydeck resources sample off

    Without it no dialog, tool, route or reference has it: keys are for your own API alone. A
    verifier that runs goes by it once it is started anew. What an active key or a route uses is not
    taken out. keydeck init --no-sample begins without it.
    """
    operator, on = line.store().operator, switch == "on"
    if not on and any(resource.builtin for resource in operator.resources()):
        ask(line, "Take the sample API out? No key can be granted anything on it then.")
    catalogue = operator.set_sample(on=on)
    if line.json:
        document([_resource(one) for one in catalogue])
    else:
        say(f"The sample API is {'there' if on else 'out'}. Start each verifier anew.")


def _resource(resource: "Resource") -> dict[str, Any]:
    return {
        "name": resource.name,
        "title": resource.title,
        "builtin": resource.builtin,
        "actions": list(resource.actions),
    }


def _grantable(resource: "Resource") -> str:
    return f"{listed([str(scope) for scope in resource.scopes])} can be granted."
