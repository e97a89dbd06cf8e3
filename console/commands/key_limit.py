"""`keydeck keys limit`: how often a key is used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.limiting import quota, used_object, wanted, windows
from console.commands.line import Line
from console.commands.many import Change, Evidence, change_found, of_many, one_of, shifted
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.limits import Limits
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.limiting import Foreseen


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=completing.keys)
@windows
@quota
@of_many
@click.option("--dry-run", is_flag=True, help="Only say what it would have refused.")
@ends
@common
def limit(
    line: Line,
    reference: str | None,
    given: Sequence[str],
    quotas: Sequence[str],
    text: str | None,
    dry_run: bool,
) -> None:
    """Say how often a key is used: what is more is refused (429).

    keydeck keys limit Billing 100/1m 1000/1h --quota 50000/month

    keydeck keys limit Billing none

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
    if text is not None:
        if not given and not quotas:
            raise click.UsageError("Say how often the keys that --filter finds are to be used.")
        limits = wanted(given, quotas)
        store, actor = line.signed_in()
        change_found(line, store, actor, text, _change(store, actor, limits), dry_run=dry_run)
        return
    store, actor = line.signed_in()
    key = store.keys.show(actor, reference or "")
    now = store.clock.now()
    if not given and not quotas and not dry_run:
        used = store.limits.used(actor, key.id)
        if line.json:
            document({"key": key.id, "limits": [used_object(one) for one in used]})
            return
        for sentence in limit_words.used(used, now) or ["without a limit"]:
            print(safe(sentence))
        return
    limits = wanted(given, quotas) if given or quotas else key.limits
    if dry_run:
        _evidence(store, actor, key, limits).show(line)
        return
    if limits and asks(line):
        foreseen = _evidence(store, actor, key, limits)
        ask(line, f"Refuse what is more of “{key.name}”?", *foreseen.sentences)
    changed, commits = store.limits.set_key(
        actor, key.id, limits, seen=key.revision if asks(line) else None
    ).unpack()
    sentence = f"“{changed.name}” ({store.prefix}_{changed.id}) is {_used(changed.limits)}."
    report(line, store, commits, sentence, key_object(changed, now))


def _change(store: "Store", actor: "Actor", limits: "Limits") -> Change:
    return Change(
        lambda key: store.limits.set_key(actor, key.id, limits),
        f"is {_used(limits)}",
        f"are each {_used(limits)}",
        "Refuse what is more of {}?" if limits else "",
        lambda key: _evidence(store, actor, key, limits),
    )


def _used(limits: "Limits") -> str:
    from console.text.limit_words import limits as in_words

    if not limits:
        return "used without a limit"
    return f"used {in_words(limits)}; what is more is refused"


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
