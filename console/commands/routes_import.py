"""`keydeck routes import`: the routes of an OpenAPI document, and what became of them since."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.api_document import MOST_NAMED, document_of
from console.commands.ending import ask, ends
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document, say
from console.text.route_words import route_object
from console.text.safe import safe

if TYPE_CHECKING:
    from store.domain.routes.importing import ImportPlan
    from store.domain.routes.openapi import Reading


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--prefix", metavar="/PATH", help="Stands in front of every path.")
@click.option(
    "--resources-from",
    type=click.Choice(["tag", "path"]),
    help="What names resources: each operation's first tag, or its path.",
)
@click.option(
    "--scopes-from",
    type=click.Choice(["method", "security"]),
    default="method",
    show_default=True,
    help="GET and HEAD read and all else writes, or the document's own scopes.",
)
@click.option("--leave-out", multiple=True, metavar="'METHOD /path'", help="Not this. Repeats.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@ends
@for_operator
def import_(
    line: Line,
    file: Path,
    prefix: str | None,
    resources_from: str | None,
    scopes_from: str,
    leave_out: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Make the routes of an OpenAPI document yours: 2.0 or 3, JSON or YAML.

    Run it again with a newer document of the same title: routes that came from it are added,
    changed and removed with it; those of yours stay. All of it is done, or nothing.
    """
    reading = _read(file, prefix, resources_from, security=scopes_from == "security")
    store = line.store()
    plan = store.routes.plan(reading, leave_out)
    content = {**plan_object(plan), "prefix": reading.prefix}
    if not line.json:
        _print(plan, reading)
    if dry_run or plan.empty:
        if line.json:
            document(content)
        return
    ask(line, f"Import {_counts(plan)}?")
    _, commits = store.routes.import_(reading, plan, leave_out).unpack()
    report(line, store, commits, f"Imported: {_counts(plan)}.", content)


def plan_object(plan: "ImportPlan") -> dict[str, Any]:
    """Return what an import would change as JSON has it."""
    return {
        "document": plan.title,
        "added": [route_object(one) for one in plan.added],
        "changed": [
            {**route_object(after), "before": before.needs} for before, after in plan.changed
        ],
        "removed": [route_object(one) for one in plan.removed],
        "kept": [route_object(one) for one in plan.kept],
        "resources": [
            {"name": one.name, "title": one.title, "actions": list(one.actions)}
            for one in plan.resources
        ],
        "widened": [{"name": one.name, "actions": list(one.actions)} for one in plan.widened],
        "left_out": [{"operation": one.operation, "why": one.why} for one in plan.left_out],
        "deciding": [str(one) for one in plan.deciding],
    }


def _read(
    file: Path, prefix: str | None, resources_from: str | None, *, security: bool
) -> "Reading":
    from store.domain.routes.openapi import ResourceFrom, read_document

    return read_document(
        document_of(file),
        prefix=prefix,
        resources_from=ResourceFrom(resources_from) if resources_from else None,
        security=security,
    )


def _print(plan: "ImportPlan", reading: "Reading") -> None:
    for one in plan.added:
        print(safe(f"+ {one}  {one.needs}"))
    for before, after in plan.changed:
        print(safe(f"~ {after}  {after.needs}, was {before.needs}"))
    for one in plan.removed:
        print(safe(f"- {one}  {one.needs}"))
    for one in plan.kept:
        print(safe(f"= {one}  {one.needs}, stays as it is"))
    for resource in plan.resources:
        named = reading.resources[resource.name]
        own = f" with {', '.join(resource.own)}" if resource.own else ""
        print(safe(f"+ resource {resource.name}{own}, from {named}"))
    for resource in plan.widened:
        print(safe(f"~ resource {resource.name}, which has {', '.join(resource.actions)} then"))
    for out in plan.left_out[:MOST_NAMED]:
        say(safe(f"Left out: {out.operation}: {out.why}"))
    if len(plan.left_out) > MOST_NAMED:
        say(f"Left out: {len(plan.left_out) - MOST_NAMED:,} more. --json has them all.")
    if plan.deciding:
        say(
            f"Where two routes meet and neither is the more specific one, a route needs what both "
            f"do: {len(plan.deciding):,}, such as {plan.deciding[0]}."
        )
    if plan.empty:
        say(safe(f"“{plan.title}” is as it was: nothing would change."))


def _counts(plan: "ImportPlan") -> str:
    counted = (
        (len(plan.added), "added"),
        (len(plan.changed), "changed"),
        (len(plan.removed), "removed"),
    )
    told = ", ".join(f"{number:,} {what}" for number, what in counted if number)
    more = f"{len(plan.resources)} resources added to the catalogue" if plan.resources else ""
    wider = f"{len(plan.widened)} resources given actions" if plan.widened else ""
    return ", ".join(filter(None, (f"routes: {told}" if told else "", more, wider)))
