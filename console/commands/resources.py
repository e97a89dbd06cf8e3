"""`keydeck resources`: the catalogue that scopes are made of. The operator's."""

from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, ends
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say, table

if TYPE_CHECKING:
    from store.domain.scopes import Resource


@click.group()
def resources() -> None:
    """Name the resources of your own API that keys can be scoped to."""


@resources.command("list")
@common
def list_(line: Line) -> None:
    """List the catalogue."""
    catalogue = line.store().operator.resources()
    if line.json:
        document([_resource(resource) for resource in catalogue])
    else:
        rows = [
            (resource.name, resource.title, "keydeck's" if resource.builtin else "yours")
            for resource in catalogue
        ]
        table(("NAME", "TITLE", "WHOSE"), rows)


@resources.command()
@click.argument("name")
@click.option("--title", help="How the console names it.")
@common
def add(line: Line, name: str, title: str | None) -> None:
    """Add a resource: keys can be granted NAME:read and NAME:write."""
    added = line.store().operator.add_resource(name, title)
    if line.json:
        document(_resource(added))
    else:
        say(f"{added.name}:read and {added.name}:write can be granted.")


@resources.command()
@click.argument("name")
@ends
@common
def remove(line: Line, name: str) -> None:
    """Remove a resource that no active key uses."""
    operator = line.store().operator
    if any(resource.name == name and not resource.builtin for resource in operator.resources()):
        ask(line, f"Remove {name}? No key can be granted {name}:read or {name}:write then.")
    operator.remove_resource(name)
    if line.json:
        document({"name": name})
    else:
        say(f"{name} is removed.")


def _resource(resource: "Resource") -> dict[str, Any]:
    return {"name": resource.name, "title": resource.title, "builtin": resource.builtin}
