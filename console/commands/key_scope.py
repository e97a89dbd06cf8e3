"""`keydeck keys scope`: what a key may do, or every key that a filter finds."""

from collections.abc import Sequence

import click

from console.commands import completing
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_narrow
from console.commands.foreseeing import scopes_evidence
from console.commands.in_force import report
from console.commands.key_create import scope_option
from console.commands.line import Line
from console.commands.many import Change, change_found, of_many, one_of
from console.commands.options import common, either_side


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=completing.keys)
@scope_option
@of_many
@click.option("--dry-run", is_flag=True, help="Only say what would have been refused.")
@ends
@common
@either_side
def scope(
    line: Line, reference: str | None, scopes: Sequence[str], text: str | None, dry_run: bool
) -> None:
    """Replace what a key may do.

    keydeck keys scope Website --scope invoices:read --dry-run

    keydeck keys scope --filter 'label:tier=free' --scope invoices:read
    """
    from console.text.key_fields import key_object
    from store.domain import scopes as scope_rules
    from store.domain.scopes import canonical

    one_of(reference, text)
    store, actor = line.signed_in()
    wanted = scope_rules.scopes(scopes, store.keys.catalogue())
    if text is not None:
        granted = f"{canonical(wanted)} and nothing else"
        change = Change(
            lambda key: store.keys.rescope(actor, key.id, wanted),
            f"is granted {granted}",
            f"are granted {granted}",
            "Grant {} that and nothing else?",
            lambda key: scopes_evidence(store, actor, key, wanted),
        )
        change_found(line, store, actor, text, change, dry_run=dry_run)
        return
    if dry_run:
        scopes_evidence(store, actor, store.keys.show(actor, reference or ""), wanted).show(line)
        return
    meant, seen = ask_to_narrow(line, store, actor, reference or "", wanted)
    key, commits = store.keys.rescope(actor, meant, wanted, seen=seen).unpack()
    sentence = f"“{key.name}” ({store.prefix}_{key.id}) is scoped."
    report(line, store, commits, sentence, key_object(key, store.clock.now()))
