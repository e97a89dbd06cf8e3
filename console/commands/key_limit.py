"""`keydeck keys limit`: how often a key is used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.limiting import how, quota, said, used_object, wanted, windows
from console.commands.line import Line
from console.commands.many import Change, Evidence, change_found, of_many, one_of, shifted
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.limits import Limits
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.commits import Done
    from store.service.limiting import Foreseen

_HELD = {True: "held to its limits", False: "observed: what is more is only counted"}


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=completing.keys)
@windows
@quota
@how
@of_many
@click.option("--dry-run", is_flag=True, help="Only say what it would have refused.")
@ends
@common
def limit(
    line: Line,
    reference: str | None,
    given: Sequence[str],
    quotas: Sequence[str],
    enforce: bool | None,
    text: str | None,
    dry_run: bool,
) -> None:
    """Say how often a key is used: what is more is refused (429), or only counted.

    keydeck keys limit Billing 100/1m 1000/1h --quota 50000/month

    keydeck keys limit Billing 100/1m --observe

    keydeck keys limit Billing --enforce

    keydeck keys limit --filter 'label:tier=free' 100/1m --dry-run

    What is given is all of them. They belong to the key and to its successors, which share what is
    left. Without limits it shows them, and what is used of each. keydeck limits is for all keys of
    somebody outside, or of the workspace.
    """
    from console.text import limit_words
    from console.text.key_fields import key_object
    from console.text.safe import safe

    reference, given = shifted(reference, given, text)
    one_of(reference, text)
    asked = bool(given or quotas) or enforce is not None
    if text is not None:
        if not asked:
            raise click.UsageError("Say how often the keys that --filter finds are to be used.")
        store, actor = line.signed_in()

        def each(key: "Key") -> "Limits":
            return wanted(given, quotas, enforce, key.limits)

        def make(key: "Key") -> "Done[Key]":
            # As it is by now: since the list was read one was asked, and the other key of a
            # rotating pair may have been changed.
            key = store.keys.show(actor, key.id)
            return store.limits.set_key(actor, key.id, each(key), seen=key.revision)

        told, refuses = _HELD[bool(enforce)], bool(enforce)
        if given or quotas:
            becomes = wanted(given, quotas, enforce)
            told, refuses = said(becomes), any(window.enforced for window in becomes)
        change = Change(
            make,
            f"is {told}",
            f"are each {told}",
            "Refuse what is more of {}?" if refuses else "",
            lambda key: _evidence(store, actor, key, each(key)),
        )
        change_found(line, store, actor, text, change, dry_run=dry_run)
        return
    store, actor = line.signed_in()
    key = store.keys.show(actor, reference or "")
    now = store.clock.now()
    if not asked and not dry_run:
        used = store.limits.used(actor, key.id)
        if line.json:
            document({"key": key.id, "limits": [used_object(one) for one in used]})
            return
        for sentence in limit_words.used(used, now) or ["without a limit"]:
            print(safe(sentence))
        return
    limits = wanted(given, quotas, enforce, key.limits) if asked else key.limits
    if dry_run:
        _evidence(store, actor, key, limits).show(line)
        return
    if any(window.enforced for window in limits) and asks(line):
        foreseen = _evidence(store, actor, key, limits)
        ask(line, f"Refuse what is more of “{key.name}”?", *foreseen.sentences)
    # Limits that were not given are those that it had when it was read.
    seen = key.revision if asks(line) or not (given or quotas) else None
    changed, commits = store.limits.set_key(actor, key.id, limits, seen=seen).unpack()
    sentence = f"“{changed.name}” ({store.prefix}_{changed.id}) is {said(changed.limits)}."
    report(line, store, commits, sentence, key_object(changed, now))


def _evidence(store: "Store", actor: "Actor", key: "Key", limits: "Limits") -> Evidence:
    from console.text import limit_words

    found = store.limits.foresee(actor, key.id, limits)
    content = {"key": key.id, "limits": [_foreseen(one) for one in found]}
    return Evidence(limit_words.foreseen(found, store.clock.now()), content)


def _foreseen(found: "Foreseen") -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "limit": str(found.window),
        "since": rfc3339(found.since),
        "busiest": found.busiest,
        "refused": found.refused,
        "windows": found.windows,
    }
