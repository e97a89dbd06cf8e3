"""`keydeck can`: what a request with a key would be answered, without one."""

from typing import TYPE_CHECKING

import click

from console.commands import completing, exits
from console.commands.limiting import used_object
from console.commands.line import Line
from console.commands.options import common, either_side, looks
from console.commands.output import document
from console.text.route_words import NOT_NAMED, needs
from store.domain.limits import MOST_COST
from store.domain.networks import address_of
from store.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.domain.keys import Key
    from store.domain.limits import Used
    from store.verifier.context import WorkerContext
    from store.verifier.dry_run import DryRunResult


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.argument("method", metavar="METHOD")
@click.argument("address", metavar="PATH")
@click.option("--from", "caller", metavar="ADDRESS", help="Where the request would come from.")
@click.option(
    "--cost",
    type=click.IntRange(1, MOST_COST),
    metavar="NUMBER",
    help="What your proxy says that it counts for, where a route decides.",
)
@common
@either_side
@looks
def can(
    line: Line, reference: str, method: str, address: str, caller: str | None, cost: int | None
) -> int:
    """Say whether a key may do a request now. 0 it may, 1 it may not.

    keydeck can Billing GET /invoices/7

    keydeck can Billing POST /invoices --from 203.0.113.7 --cost 5

    No request is made: your own routes are asked (keydeck routes), and the verifier's endpoints. 2
    for an address or a method that neither has, 4 for a key that is not here, 6 where nobody can
    tell.
    """
    from store.verifier.context import WorkerContext

    if caller is not None and address_of(caller) is None:
        raise Invalid("from", f"“{caller}” is not an address. Write 203.0.113.7.")
    store, actor = line.signed_in()
    # On any plan: that the plan forbids it is an answer.
    key = store.why.key(actor, reference)
    context = WorkerContext(line.address)
    try:
        left = store.limits.used(actor, key.id)
        found = _foreseen(context, key, method, address, caller, left, cost)
    finally:
        context.close()
    allowed = found.verdict == "valid"
    if line.json:
        document(
            {
                "key": key.id,
                "name": key.name,
                "method": method.upper(),
                "path": found.path,
                "allowed": allowed,
                "verdict": found.verdict.value,
                "required_scopes": None if found.needed is None else list(found.needed),
                "route": str(found.route) if found.route else None,
                "cost": found.cost,
                "limits": [used_object(one) for one in left],
            }
        )
    else:
        print(_said(found, allowed=allowed))
        for sentence in _lacking(found, left, store.clock.now()):
            print(sentence)
    return exits.DONE if allowed else exits.FAILED


def _foreseen(
    context: "WorkerContext",
    key: "Key",
    method: str,
    address: str,
    caller: str | None,
    left: "Sequence[Used]",
    cost: int | None,
) -> "DryRunResult":
    from store.verifier.dry_run import foresee
    from store.verifier.problems import Problem

    try:
        return foresee(context, key, method, address, caller, left, cost)
    except Problem as problem:
        raise Invalid("path", problem.detail) from None


def _said(found: "DryRunResult", *, allowed: bool) -> str:
    if found.verdict == "route":
        return f"no: route ({NOT_NAMED})"
    if found.route is not None:
        needed = f"{found.route} {needs(found.route)}"
    elif found.needed is None:
        return "yes: no key is needed there"
    else:
        needed = f"it needs {' and '.join(found.needed) or 'no scope'}"
    return f"yes: {needed}" if allowed else f"no: {found.verdict.value} ({needed})"


def _lacking(found: "DryRunResult", left: "Sequence[Used]", now: int) -> list[str]:
    """Return the limits that are in the way, a line each."""
    from console.text import limit_words

    if found.verdict != "limited":
        return []
    costs = f"; this counts for {found.cost:,}" if found.cost > 1 else ""
    lacking = [one for one in left if not one.allows(found.cost)]
    return [f"{sentence}{costs}" for sentence in limit_words.used(lacking, now)]
