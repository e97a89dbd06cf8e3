"""`keydeck keys owner` and `keys label`: whom a key belongs to outside, and its labels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.many import change_each, foretell, foretells, found, of_many
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.operations.store import Store


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

    if text is not None:
        reference, owner = _shifted(reference, owner)
    given = _checked_use(reference, text, owner is not None, dry_run=dry_run)
    store, actor = line.signed_in()
    if owner is None:
        key = store.keys.show(actor, given)
        if line.json:
            document({"key": key.id, "owner": key.owner})
        else:
            print(safe(key.owner or "nobody"))
        return
    wanted = None if owner == NOBODY else checked_owner(owner)
    if text is not None:
        keys, whose = found(store, actor, text), f"to {wanted or 'nobody'}"
        if dry_run:
            foretell(line, store, keys, f"belong {whose}")
            return
        change_each(
            line,
            store,
            keys,
            lambda key: store.belonging.set_owner(actor, key.id, wanted),
            (f"belongs {whose}", f"belong {whose}"),
        )
        return
    before = store.keys.show(actor, given)
    changed, commits = store.belonging.set_owner(actor, before.id, wanted).unpack()
    told = f"belongs to {changed.owner or 'nobody'}"
    report(line, store, commits, _said(store, before, changed, told), _object(store, changed))


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

    if text is not None:
        reference, changes = None, (*([reference] if reference else []), *changes)
    given = _checked_use(reference, text, bool(changes), dry_run=dry_run)
    store, actor = line.signed_in()
    if not changes:
        key = store.keys.show(actor, given)
        if line.json:
            document({"key": key.id, "labels": dict(key.labels)})
        else:
            print(safe(labels.in_words(key.labels) or "none"))
        return
    wanted = labels.changes(changes)
    if text is not None:
        keys, told = found(store, actor, text), f"labelled {labels.in_words(wanted)}"
        if dry_run:
            foretell(line, store, keys, f"be {told}")
            return
        change_each(
            line,
            store,
            keys,
            lambda key: store.belonging.label(actor, key.id, wanted),
            (f"is {told}", f"are {told}"),
        )
        return
    before = store.keys.show(actor, given)
    changed, commits = store.belonging.label(actor, before.id, wanted).unpack()
    told = f"is labelled {labels.in_words(changed.labels)}" if changed.labels else "has no labels"
    report(line, store, commits, _said(store, before, changed, told), _object(store, changed))


def _shifted(reference: str | None, owner: str | None) -> tuple[str | None, str | None]:
    """Return no key and whom: with a filter the only word is the owner. Raises UsageError."""
    if owner is not None:
        raise click.UsageError("Name a key, or say --filter: one of the two.")
    return None, reference


def _checked_use(reference: str | None, text: str | None, changes: bool, *, dry_run: bool) -> str:
    """Return the key that is named, empty where a filter finds some. Raises UsageError."""
    if reference is None and text is None:
        raise click.UsageError("Name a key, or say --filter: one of the two.")
    if text is not None and not changes:
        raise click.UsageError("Say what the keys that --filter finds are to have.")
    if dry_run and text is None:
        raise click.UsageError("--dry-run is for --filter.")
    return reference or ""


def _said(store: "Store", before: "Key", key: "Key", what: str) -> str:
    becomes = ""
    if (before.stopped_at is None) is not (key.stopped_at is None):
        becomes = " It goes on now." if key.stopped_at is None else " It is stopped from now on."
    return f"“{key.name}” ({store.prefix}_{key.id}) {what}.{becomes}"


def _object(store: "Store", key: "Key") -> dict[str, object]:
    from console.text.key_fields import key_object

    return key_object(key, store.clock.now())
