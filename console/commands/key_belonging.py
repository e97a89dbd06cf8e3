"""`keydeck keys owner`, `keys label` and `keys remark`: what a key carries besides its rights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.line import Line
from console.commands.many import Change, change_keys, foretells, of_many, one_of, shifted
from console.commands.options import common
from console.commands.output import document

NONE = "none"

if TYPE_CHECKING:
    from store.domain.keys import Key


@click.command()
@click.argument(
    "reference",
    required=False,
    metavar="[ID]",
    shell_complete=completing.keys_or(completing.owners),
)
@click.argument("owner", required=False, metavar="[OWNER | none]", shell_complete=completing.owners)
@of_many
@foretells
@common
def owner(
    line: Line, reference: str | None, owner: str | None, text: str | None, dry_run: bool
) -> None:
    """Say whom a key belongs to outside; without OWNER it is shown.

    keydeck keys owner Website customer_42

    keydeck keys owner --filter 'label:tenant=42' customer_42 --dry-run

    It belongs to the key and to its successors; verifiers tell it. A stop of that owner's keys is
    of this one from then on.
    """
    from console.text.safe import safe
    from store.domain.labels import NOBODY, checked_owner

    reference, words = shifted(reference, [owner] if owner is not None else [], text)
    _check_use(reference, text, len(words), dry_run=dry_run)
    if len(words) > 1:
        raise click.UsageError("Name a key, or say --filter: one of the two.")
    store, actor = line.signed_in()
    if not words:
        key = store.keys.show(actor, reference or "")
        if line.json:
            document({"key": key.id, "owner": key.owner})
        else:
            print(safe(key.owner or "nobody"))
        return
    wanted = None if words[0] == NOBODY else checked_owner(words[0])
    whose = f"to {wanted or 'nobody'}"
    change = Change(
        lambda key: store.belonging.set_owner(actor, key.id, wanted),
        f"belongs {whose}",
        f"belong {whose}",
    )
    change_keys(line, reference, text, change, _owned, dry_run=dry_run)


@click.command()
@click.argument(
    "reference",
    required=False,
    metavar="[ID]",
    shell_complete=completing.keys_or(completing.labels),
)
@click.argument(
    "changes", nargs=-1, metavar="[NAME=VALUE | NAME=]...", shell_complete=completing.labels
)
@of_many
@foretells
@common
def label(
    line: Line, reference: str | None, changes: Sequence[str], text: str | None, dry_run: bool
) -> None:
    """Label a key: NAME=VALUE sets a label, NAME= takes it away, others stay.

    keydeck keys label Website tier=gold env=

    keydeck keys label --filter 'for:customer_42' tier=gold --dry-run

    They belong to the key and to its successors; verifiers tell them. Without one they are shown.
    """
    from console.text.safe import safe
    from store.domain import labels

    reference, changes = shifted(reference, changes, text)
    _check_use(reference, text, len(changes), dry_run=dry_run)
    store, actor = line.signed_in()
    if not changes:
        key = store.keys.show(actor, reference or "")
        if line.json:
            document({"key": key.id, "labels": dict(key.labels)})
        else:
            print(safe(labels.in_words(key.labels) or "none"))
        return
    wanted = labels.changes(changes)
    told = f"labelled {labels.in_words(wanted)}"
    change = Change(
        lambda key: store.belonging.label(actor, key.id, wanted), f"is {told}", f"are {told}"
    )
    change_keys(line, reference, text, change, _labelled, dry_run=dry_run)


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=completing.keys)
@click.argument("remark", required=False, metavar="[TEXT | none]")
@of_many
@foretells
@common
def remark(
    line: Line, reference: str | None, remark: str | None, text: str | None, dry_run: bool
) -> None:
    """Say what people are to know of a key, in a line; callers are never told.

    keydeck keys remark Billing 'Ask Mia before it is rotated'

    It belongs to the key and to its successors. Without TEXT it is shown.
    """
    from console.text.safe import safe

    reference, words = shifted(reference, [remark] if remark is not None else [], text)
    _check_use(reference, text, len(words), dry_run=dry_run)
    if len(words) > 1:
        raise click.UsageError("Name a key, or say --filter: one of the two.")
    store, actor = line.signed_in()
    if not words:
        key = store.keys.show(actor, reference or "")
        if line.json:
            document({"key": key.id, "remark": key.remark})
        else:
            print(safe(key.remark or "none"))
        return
    wanted = "" if words[0] == NONE else words[0]
    told = f"remarked on: {wanted}" if wanted else "without a remark"
    change = Change(
        lambda key: store.belonging.remark(actor, key.id, wanted), f"is {told}", f"are {told}"
    )
    change_keys(line, reference, text, change, lambda _: change.of_one, dry_run=dry_run)


def _owned(key: "Key") -> str:
    return f"belongs to {key.owner or 'nobody'}"


def _labelled(key: "Key") -> str:
    from store.domain.labels import in_words

    return f"is labelled {in_words(key.labels)}" if key.labels else "has no labels"


def _check_use(reference: str | None, text: str | None, words: int, *, dry_run: bool) -> None:
    """Raise UsageError unless one thing is asked for: to be shown, foretold or changed."""
    one_of(reference, text)
    if text is not None and not words:
        raise click.UsageError("Say what the keys that --filter finds are to have.")
    if dry_run and not words:
        raise click.UsageError("Say what the key is to have: --dry-run tells what would become.")
