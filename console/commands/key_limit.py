"""`keydeck keys limit`: how often a key is used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.limiting import quota, used_object, wanted, windows
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.limits import Limits
    from store.service.limiting import Foreseen


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@windows
@quota
@click.option("--dry-run", is_flag=True, help="Only say what it would have refused.")
@ends
@common
def limit(
    line: Line, reference: str, given: Sequence[str], quotas: Sequence[str], dry_run: bool
) -> None:
    """Say how often a key is used: what is more is refused (429).

    keydeck keys limit Billing 100/1m 1000/1h --quota 50000/month

    keydeck keys limit Billing none

    What is given is all of them. They belong to the key and to its successors, which share what is
    left. Without limits it shows them, and what is used of each. keydeck limits is for all keys of
    somebody outside, or of the workspace.
    """
    from console.text import limit_words
    from console.text.key_fields import key_object
    from console.text.safe import safe

    store, actor = line.signed_in()
    key = store.keys.show(actor, reference)
    now = store.clock.now()
    if not given and not quotas and not dry_run:
        used = store.limits.used(actor, key.id)
        if line.json:
            document({"key": key.id, "limits": [used_object(one) for one in used]})
            return
        for text in limit_words.used(used, now) or ["without a limit"]:
            print(safe(text))
        return
    limits = wanted(given, quotas) if given or quotas else key.limits
    if dry_run:
        found = store.limits.foresee(actor, key.id, limits)
        if line.json:
            document({"key": key.id, "limits": [_foreseen(one) for one in found]})
            return
        for text in limit_words.foreseen(found, now):
            print(safe(text))
        return
    if limits and asks(line):
        found = store.limits.foresee(actor, key.id, limits)
        ask(line, f"Refuse what is more of “{key.name}”?", *limit_words.foreseen(found, now))
    changed, commits = store.limits.set_key(
        actor, key.id, limits, seen=key.revision if asks(line) else None
    ).unpack()
    whose = f"“{changed.name}” ({store.prefix}_{changed.id})"
    report(line, store, commits, _said(whose, changed.limits), key_object(changed, now))


def _said(whose: str, limits: "Limits") -> str:
    from console.text.limit_words import limits as in_words

    if not limits:
        return f"{whose} is used as often as it likes."
    return f"{whose} is used {in_words(limits)}; what is more is refused."


def _foreseen(found: "Foreseen") -> dict[str, Any]:
    from store.domain.times import rfc3339

    return {
        "limit": str(found.window),
        "since": rfc3339(found.since),
        "busiest": found.busiest,
        "refused": found.refused,
        "windows": found.windows,
    }
