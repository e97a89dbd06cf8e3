"""`keydeck leaks`: what a report of a leaked key does. The operator's."""

import click

from console.commands import completing
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.options import common, either_side, for_operator
from console.commands.output import document, say

POLICIES = ("off", "report", "revoke")
_MEANS = {
    "off": "Reports of leaked keys are not taken.",
    "report": "A live key that is reported leaked is shown as such to its admins.",
    "revoke": "A live key that is reported leaked is revoked at once.",
}


@click.group(cls=Group)
def leaks() -> None:
    """Choose what POST /api/v1/leaks does with a live key; dismiss what is no leak."""


@leaks.command()
@click.argument("policy", type=click.Choice(POLICIES), required=False)
@for_operator
def policy(line: Line, policy: str | None) -> None:
    """Show what a report does, or choose it: off, report or revoke.

    It is the operator's, who need not sign in: the audit names nobody, whatever --as says.

    Whoever reports has all of the key, so anybody who finds one can revoke it, and nobody else.
    """
    from store.domain.leaks.policy import LeakPolicy

    operator = line.store().operator
    if policy is not None:
        operator.set_leak_policy(LeakPolicy(policy))
    now = operator.leak_policy().value
    if line.json:
        document({"policy": now})
    else:
        say(_MEANS[now])


@leaks.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option("--reason", required=True, help="Why it is no leak. For the audit.")
@common
@either_side
def dismiss(line: Line, reference: str, reason: str) -> None:
    """Take the mark from a key that is not out; what was reported stays in the audit.

    A key that is out keeps its mark until it ends: its successor has none.
    """
    from console.text.key_fields import key_object

    store, actor = line.signed_in()
    key = store.leaks.dismiss(actor, reference, reason)
    if line.json:
        document(key_object(key, store.clock.now()))
    else:
        say(f"“{key.name}” ({store.prefix}_{key.id}) is not marked as leaked any more.")
