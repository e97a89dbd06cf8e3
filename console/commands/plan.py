"""`keydeck plan`: the operator's switch of a workspace's plan."""

import click

from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import common


@click.command()
@click.argument("plan", type=click.Choice(["free", "pro"]))
@ends
@common
def plan(line: Line, plan: str) -> None:
    """Switch a workspace's plan; on free its keys are refused with 403."""
    from store.domain.people import Plan

    store = line.store()
    workspace = store.operator.workspace(line.slug)
    before = workspace.plan
    if before is Plan.PRO and plan == "free" and asks(line):
        from console.text import ending_words

        in_use = store.operator.in_use(line.slug)
        ask(
            line,
            f"Put {workspace.slug} on free, where its keys are refused?",
            *ending_words.plan(in_use, store.clock.now()),
            name=workspace.slug if in_use.used else None,
        )
    changed, commits = store.operator.set_plan(line.slug, Plan(plan)).unpack()
    already = before is changed.plan
    sentence = f"{changed.slug} is on {changed.plan.value}{' already' if already else ''}."
    active = store.operator.active_keys(line.slug)
    if active and changed.plan is Plan.FREE and not already:
        keys = f"Its {active:,} active keys are" if active > 1 else "Its active key is"
        once = " once that is in force" if commits else ""
        sentence += f" {keys} refused with 403{once}; keydeck plan pro lets them in again."
    content = {"workspace": changed.slug, "name": changed.name, "plan": changed.plan.value}
    report(line, store, commits, sentence, content)
