"""`keydeck plan`: the operator's switch of a workspace's plan."""

import click

from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say


@click.command()
@click.argument("plan", type=click.Choice(["free", "pro"]))
@common
def plan(line: Line, plan: str) -> None:
    """Switch a workspace's plan; on free its keys are refused with 403."""
    from store.people import Plan

    operator = line.store().operator
    changed = operator.set_plan(line.slug, Plan(plan))
    if line.json:
        document({"workspace": changed.slug, "name": changed.name, "plan": changed.plan.value})
    else:
        said = f"{changed.slug} is on {changed.plan.value}."
        active = operator.active_keys(line.slug)
        if active and changed.plan is Plan.FREE:
            keys = f"Its {active:,} active keys are" if active > 1 else "Its active key is"
            said += f" {keys} refused with 403 from now on; keydeck plan pro lets them in again."
        say(said)
