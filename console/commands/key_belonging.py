"""`keydeck keys owner` and `keys label`: whom a key belongs to outside, and its labels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.operations.store import Store


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.argument("owner", required=False, metavar="[OWNER | none]", shell_complete=completing.owners)
@common
def owner(line: Line, reference: str, owner: str | None) -> None:
    """Say whom a key belongs to outside; without OWNER it is shown.

    keydeck keys owner Website customer_42

    It belongs to the key and to its successors; verifiers tell it. A stop of that owner's keys is
    of this one from then on.
    """
    from console.text.safe import safe
    from store.domain.labels import NOBODY

    store, actor = line.signed_in()
    if owner is None:
        key = store.keys.show(actor, reference)
        if line.json:
            document({"key": key.id, "owner": key.owner})
        else:
            print(safe(key.owner or "nobody"))
        return
    wanted = None if owner == NOBODY else owner
    before = store.keys.show(actor, reference)
    changed, commits = store.belonging.set_owner(actor, before.id, wanted).unpack()
    told = f"belongs to {changed.owner}" if changed.owner else "belongs to nobody"
    report(line, store, commits, _said(store, before, changed, told), _object(store, changed))


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.argument(
    "changes", nargs=-1, metavar="[NAME=VALUE | NAME=]...", shell_complete=completing.labels
)
@common
def label(line: Line, reference: str, changes: Sequence[str]) -> None:
    """Label a key: NAME=VALUE sets a label, NAME= takes it away, others stay.

    keydeck keys label Website tier=gold env=

    They belong to the key and to its successors; verifiers tell them. Without one they are shown.
    """
    from console.text.safe import safe
    from store.domain import labels

    store, actor = line.signed_in()
    if not changes:
        key = store.keys.show(actor, reference)
        if line.json:
            document({"key": key.id, "labels": dict(key.labels)})
        else:
            print(safe(labels.in_words(key.labels) or "none"))
        return
    wanted, before = labels.changes(changes), store.keys.show(actor, reference)
    changed, commits = store.belonging.label(actor, before.id, wanted).unpack()
    told = f"is labelled {labels.in_words(changed.labels)}" if changed.labels else "has no labels"
    report(line, store, commits, _said(store, before, changed, told), _object(store, changed))


def _said(store: "Store", before: "Key", key: "Key", what: str) -> str:
    becomes = ""
    if (before.stopped_at is None) is not (key.stopped_at is None):
        becomes = " It goes on now." if key.stopped_at is None else " It is stopped from now on."
    return f"“{key.name}” ({store.prefix}_{key.id}) {what}.{becomes}"


def _object(store: "Store", key: "Key") -> dict[str, object]:
    from console.text.key_fields import key_object

    return key_object(key, store.clock.now())
