"""`keydeck keys rename` and `keys holders`: what a key is called, and who may know its secret."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import common, either_side
from console.commands.output import document, say
from console.text.safe import safe

if TYPE_CHECKING:
    from store.service.holders import Held

NOBODY = "none"

new_holders = click.option(
    "--holder",
    "holders",
    multiple=True,
    metavar="EMAIL",
    help="Who is to hold it, or none. [default: who was named]",
    shell_complete=completing.people,
)
"""Of a rotation: who is named as a holder of the new secret."""


def wanted(holders: Sequence[str]) -> Sequence[str] | None:
    """Return who is named as a holder of a successor; None where nobody said."""
    return None if not holders else () if list(holders) == [NOBODY] else holders


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.argument("name", metavar="NAME")
@common
def rename(line: Line, reference: str, name: str) -> None:
    """Give an active key another name; both keys of a rotation get it.

    keydeck keys rename Website "Shop front"

    The name of before is free again. The audit and keydeck why go on telling it.
    """
    from console.text.key_fields import key_object

    store, actor = line.signed_in()
    renamed = store.naming.rename(actor, reference, name)
    key = renamed.key
    sentence = f"“{renamed.before}” ({store.prefix}_{key.id}) is called “{key.name}” now."
    report(line, store, (), sentence, key_object(key, store.clock.now()))


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.argument("emails", nargs=-1, metavar="[EMAIL...]", shell_complete=completing.people)
@common
@either_side
def holders(line: Line, reference: str, emails: Sequence[str]) -> None:
    """Show who may know a key's secret, or name more holders of it.

    keydeck keys holders Website mia@example.com

    Nobody is taken off, since what is known stays known: keydeck keys rotate ID --holder EMAIL says
    who is to hold the new secret.
    """
    store, actor = line.signed_in()
    if emails:
        held = store.holders.name(actor, store.keys.show(actor, reference).id, emails)
    else:
        held = store.holders.of(actor, reference)
    if line.json:
        document(_objects(held))
        return
    if emails:
        say(f"Named as holders of “{held.key.name}”: {safe(', '.join(emails))}.")
    _print(held)


def _print(held: "Held") -> None:
    from console.text.key_words import ways_of

    for email, how in ways_of(held.holders):
        print(safe(f"{email}  {how}"))


def _objects(held: "Held") -> list[dict[str, Any]]:
    from store.domain.times import rfc3339

    return [
        {"email": one.email, "name": one.name, "how": one.how.value, "since": rfc3339(one.since)}
        for one in held.holders
    ]
