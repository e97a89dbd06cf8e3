"""`keydeck keys unused-scopes` and `keys trim`: what keys were granted and do not use."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_narrow
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.listing import Listing, Shown
from console.commands.options import common, either_side
from console.commands.tables import Cell, Column
from console.text.key_fields import key_object

if TYPE_CHECKING:
    from store.domain.right_sizing import Proposal


_LIST = Listing("KEY", Column("ID", whole=True), "UNUSED", "DAYS", "IN USE SINCE THEN", "THEN")


@click.command("unused-scopes")
@_LIST.options
@common
def unused_scopes(line: Line, shown: Shown) -> None:
    """List active keys with scopes that no request has needed for 60 days.

    Nothing is taken away by itself: keydeck keys trim ID does it.
    """
    from store.domain.scopes import canonical

    store, actor = line.signed_in()
    proposals = store.right_sizing.all(actor)
    now = store.clock.now()
    shown.print(
        line,
        proposals,
        row=lambda proposal: (
            proposal.key.name,
            f"{store.prefix}_{proposal.key.id}",
            canonical(proposal.unused),
            Cell(f"{proposal.days(now):,}", proposal.days(now)),
            ", ".join(f"{scope} {count:,}" for scope, count in proposal.used) or "nothing",
            "revoke" if proposal.revoke else "trim",
        ),
        content=lambda proposal: _object(proposal, now),
        nothing="Every key has used each of its scopes in the last 60 days, or is younger.",
    )


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@ends
@common
@either_side
def trim(line: Line, reference: str) -> None:
    """Take away the scopes a key has not needed for 60 days.

    The audit keeps what was seen.
    """
    from console.text.next_step import successor_keeps, unneeded

    store, actor = line.signed_in()
    meant, seen = ask_to_narrow(line, store, actor, reference, None)
    done, commits = store.right_sizing.trim(actor, meant, seen=seen).unpack()
    now = store.clock.now()
    left = successor_keeps(done.key, store.prefix)
    sentence = f"“{done.key.name}” is trimmed. {unneeded(done.proposal, now)}.{left}"
    content = {**key_object(done.key, now), "trimmed": _object(done.proposal, now)}
    report(line, store, commits, sentence, content)


def _object(proposal: "Proposal", now: int) -> dict[str, Any]:
    from store.domain.scopes import canonical
    from store.domain.times import rfc3339

    return {
        "id": proposal.key.id,
        "name": proposal.key.name,
        "unused": canonical(proposal.unused).split(),
        "unused_since": rfc3339(proposal.since),
        "unused_days": proposal.days(now),
        "never_used": proposal.never,
        "requests": dict(proposal.used),
        "routes": list(proposal.routes),
        "proposal": "revoke" if proposal.revoke else "trim",
    }
